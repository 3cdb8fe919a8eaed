package org.drllava.benchmarks;

import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.PackedWeight;
import org.drllava.tensor.Products;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A frozen layer with its low-rank update, {@code W x + ½ B (A x)}, of rank 16. */
public class LoraBenchmark extends TensorBenchmark {
    private static final int IN = 512;
    private static final int OUT = 1376;
    private static final int RANK = 16;

    @Param({"16", "1300"})
    private int rows;

    private Tensor x;
    private Tensor weight;
    private Tensor a;
    private Tensor b;
    private Tensor xBf16;
    private Tensor weightBf16;
    private Tensor aBf16;
    private Tensor bBf16;
    private Tensor y;
    private Tensor low;
    private Tensor end;
    private PackedWeight packed;
    private PackedWeight packedBf16;
    private PackedWeight packedA;
    private PackedWeight packedB;

    @Override
    void prepare() {
        x = normal(rows, IN);
        weight = weight(OUT, IN);
        a = weight(RANK, IN);
        b = weight(OUT, RANK);
        xBf16 = bf16(x);
        weightBf16 = bf16(weight);
        aBf16 = bf16(a);
        bBf16 = bf16(b);
        y = empty(rows, OUT);
        low = empty(rows, RANK);
        end = Tensors.of(Device.CPU, new int[] {OUT}, 1);
        packed = PackedWeight.of(weight, DType.FLOAT32);
        packedBf16 = PackedWeight.of(weight, DType.BFLOAT16);
        packedA = PackedWeight.of(a, DType.FLOAT32);
        packedB = PackedWeight.of(b, DType.FLOAT32);
    }

    @Benchmark
    public void kernel() {
        kernel(packed);
    }

    @Benchmark
    public void kernelBf16() {
        kernel(packedBf16);
    }

    private void kernel(PackedWeight frozen) {
        Products.linear(Columns.of(low), Columns.of(x), packedA, null, 0.5);
        Products.linearLora(Columns.of(y), Columns.of(x), frozen, Columns.of(low), packedB, end, null);
    }

    @Benchmark
    public void aten() {
        run(() -> aten(x, weight, a, b));
    }

    @Benchmark
    public void atenBf16() {
        run(() -> aten(xBf16, weightBf16, aBf16, bBf16));
    }

    private static void aten(Tensor x, Tensor weight, Tensor a, Tensor b) {
        Ops.linear(Ops.multiply(Ops.linear(x, a, null), 0.5), b, Ops.linear(x, weight, null));
    }
}
