package org.drllava.evaluate;

/** Sums by patient of one metric: all that a bootstrap over patients needs, however many answers there were. */
final class Tally {
    private final double[] hits;
    private final double[] trials;

    Tally(int patients) {
        hits = new double[patients];
        trials = new double[patients];
    }

    void add(int patient, double hit) {
        hits[patient] += hit;
        trials[patient]++;
    }

    void add(int patient, boolean hit) {
        add(patient, hit ? 1 : 0);
    }

    /** Hits over trials when patient p is counted {@code times[p]} times; NaN without a trial. */
    double ratio(int[] times) {
        double hit = 0;
        double tried = 0;
        for (int patient = 0; patient < times.length; patient++) {
            hit += times[patient] * hits[patient];
            tried += times[patient] * trials[patient];
        }
        return hit / tried;
    }
}
