package org.drllava.verify;

/**
 * How far one group of recomputed numbers is from the reference.
 *
 * @param error largest deviation, in the group's own measure
 * @param bound what is allowed
 */
public record Verdict(String group, double error, double bound) {
    /** A NaN is no match. */
    public boolean ok() {
        return error <= bound;
    }

    static Verdict equality(String group, boolean equal) {
        return new Verdict(group, equal ? 0 : 1, 0);
    }

    /** Measures of difference between what was computed and the reference; NaN and wrong lengths count as infinite. */
    static double largest(float[] computed, float[] reference) {
        return measure(computed, reference, false);
    }

    static double mean(float[] computed, float[] reference) {
        return measure(computed, reference, true);
    }

    /** ‖computed - reference‖ / ‖reference‖ */
    static double relativeNorm(float[] computed, float[] reference) {
        if (computed.length != reference.length) {
            return Double.POSITIVE_INFINITY;
        }
        double difference = 0;
        double size = 0;
        for (int i = 0; i < reference.length; i++) {
            difference += Math.pow((double) computed[i] - reference[i], 2);
            size += Math.pow(reference[i], 2);
        }
        return finite(Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-30));
    }

    static double magnitude(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double measure(float[] computed, float[] reference, boolean mean) {
        if (computed.length != reference.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        double sum = 0;
        for (int i = 0; i < reference.length; i++) {
            double difference = finite(Math.abs((double) computed[i] - reference[i]));
            largest = Math.max(largest, difference);
            sum += difference;
        }
        return mean ? sum / Math.max(1, reference.length) : largest;
    }

    private static double finite(double x) {
        return Double.isNaN(x) ? Double.POSITIVE_INFINITY : x;
    }
}
