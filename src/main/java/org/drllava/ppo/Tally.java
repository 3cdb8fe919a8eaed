package org.drllava.ppo;

import java.util.Arrays;
import java.util.List;

/** Sums over answer tokens by name, to be divided by the tokens counted; as an array of numbers among ranks. */
final class Tally {
    private final List<String> names;
    private final double[] sums;

    /** @param names the loss's first */
    Tally(List<String> names) {
        this.names = names;
        sums = new double[names.size() + 1];
    }

    /** Adds to the loss's sum. */
    void loss(double sum) {
        sums[0] += sum;
    }

    /** Adds what there is beside the loss, in the order of the names, for one token more. */
    void token(double... values) {
        for (int i = 0; i < values.length; i++) {
            sums[1 + i] += values[i];
        }
        sums[names.size()]++;
    }

    /** Sums by name, then the tokens counted. */
    double[] sums() {
        return sums;
    }

    /** Adds others' sums in their order. */
    void addAll(List<double[]> others) {
        for (double[] other : others) {
            Arrays.setAll(sums, i -> sums[i] + other[i]);
        }
    }

    double mean(String name) {
        double tokens = sums[names.size()];
        return tokens == 0 ? 0 : sums[names.indexOf(name)] / tokens;
    }
}
