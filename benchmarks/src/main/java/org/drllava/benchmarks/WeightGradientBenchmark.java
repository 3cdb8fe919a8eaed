package org.drllava.benchmarks;

import org.drllava.tensor.Columns;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Products;
import org.drllava.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The gradient of a low-rank matrix, {@code dyᵀ x}: 16 outputs of 512 inputs. */
public class WeightGradientBenchmark extends TensorBenchmark {
    @Param({"96", "325", "1300"})
    private int rows;

    private Tensor x;
    private Tensor dy;
    private Tensor gradient;

    @Override
    void prepare() {
        x = normal(rows, 512);
        dy = normal(rows, 16);
        gradient = empty(16, 512);
    }

    @Benchmark
    public void kernel() {
        Products.weightGradient(Columns.of(gradient), Columns.of(dy), Columns.of(x), 1, false);
    }

    @Benchmark
    public void aten() {
        run(() -> Ops.matmul(Ops.transpose(dy, 0, 1), x));
    }
}
