package org.drllava.cli;

import java.util.Locale;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/** A matrix product: right to the last bit on small whole numbers, then timed on a size that keeps all cores busy. */
final class MatrixProbe implements OperatorProbe {
    private static final int CHECKED = 256;
    private static final int TIMED = 1024;
    private static final int RUNS = 3;

    @Override
    public String run() {
        try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            check();
            return String.format(Locale.ROOT, "a product of %d x %d is right; one of %d x %d runs at %.0f GFLOP/s in float32",
                    CHECKED, CHECKED, TIMED, TIMED, gigaflops());
        }
    }

    private static void check() {
        float[] product = Ops.linear(matrix(CHECKED, 2, 7), matrix(CHECKED, 3, 5), null).toFloats();
        for (int i = 0; i < CHECKED; i++) {
            for (int j = 0; j < CHECKED; j++) {
                int expected = 0;
                for (int k = 0; k < CHECKED; k++) {
                    expected += element(i, k, 2, 7) * element(j, k, 3, 5);
                }
                if (product[i * CHECKED + j] != expected) {
                    throw new IllegalStateException("aten::linear gives " + product[i * CHECKED + j] + " at [" + i + ", " + j + "] of a "
                            + CHECKED + " x " + CHECKED + " product, where " + expected + " is right.");
                }
            }
        }
    }

    /** The fastest of a few runs: the first one wakes threads up, and others may be using the host. */
    private static double gigaflops() {
        Tensor x = matrix(TIMED, 2, 7);
        Tensor weight = matrix(TIMED, 3, 5);
        long fastest = Long.MAX_VALUE;
        for (int run = 0; run <= RUNS; run++) {
            try (TensorScope scope = TensorScope.open()) {
                long start = System.nanoTime();
                Ops.linear(x, weight, null);
                fastest = Math.min(fastest, System.nanoTime() - start);
            }
        }
        return 2.0 * TIMED * TIMED * TIMED / Math.max(1, fastest);
    }

    private static Tensor matrix(int size, int step, int period) {
        float[] values = new float[size * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = element(i / size, i % size, step, period);
        }
        return Tensors.of(Device.CPU, values, size, size);
    }

    /** Small whole numbers, whose products' sums float32 holds exactly. */
    private static int element(int row, int column, int step, int period) {
        return (row + step * column) % period - period / 2;
    }
}
