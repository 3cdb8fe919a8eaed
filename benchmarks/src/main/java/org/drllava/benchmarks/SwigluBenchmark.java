package org.drllava.benchmarks;

import java.util.List;
import org.drllava.tensor.Columns;
import org.drllava.tensor.Layers;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** SwiGLU of gate and up, 1,376 columns each, side by side as their joined layer writes them. */
public class SwigluBenchmark extends TensorBenchmark {
    private static final int WIDTH = 1376;

    @Param({"16", "1300"})
    private int rows;

    private Tensor joined;
    private Tensor leaf;
    private Tensor y;
    private Tensor dy;
    private Tensor gradient;

    @Override
    void prepare() {
        joined = normal(rows, 2 * WIDTH);
        leaf = leaf(normal(rows, 2 * WIDTH));
        y = empty(rows, WIDTH);
        dy = normal(rows, WIDTH);
        gradient = empty(rows, 2 * WIDTH);
    }

    @Benchmark
    public void kernel() {
        Layers.swiglu(Columns.of(y), gate(joined), up(joined));
    }

    @Benchmark
    public void aten() {
        run(() -> swiglu(joined));
    }

    @Benchmark
    public void kernelGradient() {
        Layers.swiglu(Columns.of(y), gate(joined), up(joined));
        Layers.swigluBackward(gate(gradient), up(gradient), null, Columns.of(dy), gate(joined), up(joined));
    }

    @Benchmark
    public void atenGradient() {
        thereAndBack(dy, () -> swiglu(leaf), leaf);
    }

    private static Columns gate(Tensor of) {
        return new Columns(of, 0, WIDTH);
    }

    private static Columns up(Tensor of) {
        return new Columns(of, WIDTH, WIDTH);
    }

    private static Tensor swiglu(Tensor of) {
        List<Tensor> parts = Ops.split(of, 1, WIDTH, WIDTH);
        return Ops.multiply(Ops.silu(parts.get(0)), parts.get(1));
    }
}
