package org.drllava.benchmarks;

import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.PackedWeight;
import org.drllava.tensor.Products;
import org.drllava.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * A frozen linear layer: few rows as when a token is decoded, many as in scoring and training. With bfloat16, the kernel takes
 * and gives float32; ATen's operator takes and gives bfloat16, which spares it the conversions that a model needs around it.
 */
public class LinearBenchmark extends TensorBenchmark {
    @Param({"1", "8", "16", "96", "1300"})
    private int rows;

    /** Inputs and outputs. */
    @Param("512x2752")
    private String layer;

    private Tensor x;
    private Tensor xBf16;
    private Tensor weight;
    private Tensor weightBf16;
    private PackedWeight packed;
    private PackedWeight packedBf16;

    @Override
    void prepare() {
        String[] sizes = layer.split("x");
        int in = Integer.parseInt(sizes[0]);
        x = normal(rows, in);
        xBf16 = bf16(x);
        weight = weight(Integer.parseInt(sizes[1]), in);
        weightBf16 = bf16(weight);
        packed = PackedWeight.of(weight, DType.FLOAT32);
        packedBf16 = PackedWeight.of(weight, DType.BFLOAT16);
    }

    @Benchmark
    public void kernel() {
        run(() -> Products.linear(x, packed, null));
    }

    @Benchmark
    public void aten() {
        run(() -> Ops.linear(x, weight, null));
    }

    @Benchmark
    public void kernelBf16() {
        run(() -> Products.linear(x, packedBf16, null));
    }

    @Benchmark
    public void atenBf16() {
        run(() -> Ops.linear(xBf16, weightBf16, null));
    }
}
