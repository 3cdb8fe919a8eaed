package org.drllava.benchmarks;

import org.drllava.tensor.Columns;
import org.drllava.tensor.Layers;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** RMSNorm over 512 columns. */
public class RmsNormBenchmark extends TensorBenchmark {
    private static final int WIDTH = 512;
    private static final double EPSILON = 1e-5;

    @Param({"16", "1300"})
    private int rows;

    private Tensor x;
    private Tensor leaf;
    private Tensor weight;
    private Tensor y;
    private Tensor dy;
    private Tensor dx;
    private Tensor inverse;

    @Override
    void prepare() {
        x = normal(rows, WIDTH);
        leaf = leaf(normal(rows, WIDTH));
        weight = normal(WIDTH);
        y = empty(rows, WIDTH);
        dy = normal(rows, WIDTH);
        dx = empty(rows, WIDTH);
        inverse = empty(rows);
    }

    @Benchmark
    public void kernel() {
        Layers.rmsNorm(Columns.of(y), Columns.of(x), weight, EPSILON, null);
    }

    @Benchmark
    public void aten() {
        run(() -> Ops.rmsNorm(x, weight, EPSILON));
    }

    @Benchmark
    public void kernelGradient() {
        Layers.rmsNorm(Columns.of(y), Columns.of(x), weight, EPSILON, inverse);
        Layers.rmsNormBackward(Columns.of(dx), Columns.of(dy), Columns.of(x), weight, inverse, null);
    }

    @Benchmark
    public void atenGradient() {
        thereAndBack(dy, () -> Ops.rmsNorm(leaf, weight, EPSILON), leaf);
    }
}
