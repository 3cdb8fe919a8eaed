package org.drllava.benchmarks.gpu;

import java.util.List;
import java.util.function.Supplier;

/**
 * One kernel on one problem, in one library's memory.
 *
 * @param call     the kernel; may be run again and again
 * @param after    what makes its results comparable, once after the first call
 * @param results  to compare with another library's
 * @param bytes    that the kernel has to move at least
 * @param products multiply-adds that it has to do
 */
record Work(Runnable call, Runnable after, List<Result> results, double bytes, double products) {
    Work(Runnable call, List<Result> results, double bytes, double products) {
        this(call, () -> {}, results, bytes, products);
    }

    /** @param bound of |a - b| / (1 + |b|) */
    record Result(String name, Supplier<double[]> values, double bound) {}
}
