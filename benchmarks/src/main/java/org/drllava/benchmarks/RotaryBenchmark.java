package org.drllava.benchmarks;

import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Layers;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Rotary positions of 8 heads of 64 elements; the kernel turns them in place. */
public class RotaryBenchmark extends TensorBenchmark {
    private static final int HEADS = 8;
    private static final int HEAD = 64;
    private static final int POSITIONS = 2048;

    @Param({"16", "1300"})
    private int rows;

    private Tensor x;
    private Tensor leaf;
    private Tensor dx;
    private Tensor dy;
    private Tensor positions;
    private Tensor cosines;
    private Tensor sines;
    private Tensor rowCosines;
    private Tensor rowSines;

    @Override
    void prepare() {
        x = normal(rows, HEADS * HEAD);
        leaf = leaf(normal(rows, HEADS, HEAD));
        dx = normal(rows, HEADS * HEAD);
        dy = normal(rows, HEADS * HEAD);
        positions = indices(rows, POSITIONS);
        // Which angle does not matter to speed; by 90 degrees, x keeps its size however often it is turned.
        cosines = Tensors.zeros(Device.CPU, DType.FLOAT32, POSITIONS, HEAD);
        sines = Ops.add(cosines, Tensors.scalar(1));
        rowCosines = Ops.view(Ops.indexSelect(cosines, 0, positions), rows, 1, HEAD);
        rowSines = Ops.view(Ops.indexSelect(sines, 0, positions), rows, 1, HEAD);
    }

    @Benchmark
    public void kernel() {
        Layers.rotary(Columns.of(x), cosines, sines, positions, false);
    }

    @Benchmark
    public void aten() {
        run(() -> turned(Ops.view(x, rows, HEADS, HEAD)));
    }

    @Benchmark
    public void kernelGradient() {
        Layers.rotary(Columns.of(x), cosines, sines, positions, false);
        Layers.rotary(Columns.of(dx), cosines, sines, positions, true);
    }

    @Benchmark
    public void atenGradient() {
        thereAndBack(dy, () -> turned(leaf), leaf);
    }

    private Tensor turned(Tensor heads) {
        return Ops.add(Ops.multiply(heads, rowCosines), Ops.multiply(Ops.rollLast(heads, HEAD / 2), rowSines));
    }
}
