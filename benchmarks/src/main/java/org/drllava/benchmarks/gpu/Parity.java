package org.drllava.benchmarks.gpu;

import java.util.List;
import java.util.stream.IntStream;
import org.drllava.bindings.kernels.KernelLibrary;

/**
 * How far one library's results are from another's.
 *
 * @param error the largest |a - b| / (1 + |b|), of the result that uses most of its bound; NaN if a number is
 * @param bound of that result
 * @param name  of that result
 */
record Parity(String name, double error, double bound) {
    /** Of what is only timed. */
    static final Parity NONE = new Parity("", 0, 0);

    boolean ok() {
        return error <= bound;
    }

    /** Runs both once. */
    static Parity of(Work expected, Work actual, KernelLibrary library) {
        for (Work work : List.of(expected, actual)) {
            work.call().run();
            work.after().run();
        }
        library.synchronize();
        return IntStream.range(0, expected.results().size()).mapToObj(i -> {
            Work.Result result = actual.results().get(i);
            return new Parity(result.name(), error(result.values().get(), expected.results().get(i).values().get()), result.bound());
        }).reduce(NONE, Parity::worse);
    }

    /** Of results that are to be the same bits. */
    static Parity between(List<double[]> expected, List<double[]> actual) {
        return IntStream.range(0, expected.size()).mapToObj(i -> new Parity("result " + i, error(actual.get(i), expected.get(i)), 0))
                .reduce(NONE, Parity::worse);
    }

    /** Of the same numbers computed twice. @param bound of |a - b| / (1 + |b|) */
    static Parity of(String name, double[] actual, double[] expected, double bound) {
        return new Parity(name, error(actual, expected), bound);
    }

    /** Of vectors whose small elements are of no matter. @param bound of the difference's length to the length expected */
    static Parity ofVectors(String name, double[] actual, double[] expected, double bound) {
        double difference = actual.length == expected.length ? 0 : Double.NaN;
        double length = 0;
        for (int i = 0; i < expected.length && i < actual.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            length += Math.pow(expected[i], 2);
        }
        return new Parity(name, Math.sqrt(difference / length), bound);
    }

    private static Parity worse(Parity a, Parity b) {
        return a.ok() && (!b.ok() || b.error() * a.bound() >= a.error() * b.bound()) ? b : a;
    }

    static double error(double[] actual, double[] expected) {
        double worst = actual.length == expected.length ? 0 : Double.NaN;
        for (int i = 0; i < expected.length && i < actual.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / (1 + Math.abs(expected[i]))); // a NaN stays
        }
        return worst;
    }
}
