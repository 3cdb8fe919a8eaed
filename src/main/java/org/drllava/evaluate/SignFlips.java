package org.drllava.evaluate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Permutation test of paired arms (Fisher 1935; Good 2005, section 3.7). Were the arms the same, a patient's answers in one could
 * as well have been those in the other; so every patient's two arms are swapped or left at random, and p is the share of these
 * worlds in which the arms part at least as far as they did. Few patients: all worlds are counted. Many: 10,000 are drawn, and the
 * observed one is counted among them (Phipson and Smyth 2010), so p is never 0.
 *
 * @param whole    [columns], totals of the arms as they are: the first arm in even columns, the second in the odd ones behind
 * @param swaps    what swapping a patient adds to the totals; only patients whom it changes, those it changes alike together
 * @param patients [swaps], how many each stands for
 */
record SignFlips(double[] whole, List<PatientSums.Row> swaps, int[] patients) {
    private static final int WORLDS = 10_000;
    /** Below this, two differences are the same number, reckoned in another order. */
    private static final double SAME = 1e-12;

    static SignFlips of(PatientSums sums, int columns) {
        var counts = new LinkedHashMap<PatientSums.Row, Integer>();
        var swaps = sums.rows().stream().map(SignFlips::swap).toList();
        for (int row : sums.rowOf()) {
            if (swaps.get(row).columns().length > 0) {
                counts.merge(swaps.get(row), 1, Integer::sum);
            }
        }
        return new SignFlips(sums.totals(columns), List.copyOf(counts.keySet()), counts.values().stream().mapToInt(Integer::intValue).toArray());
    }

    /** Of each counter the other arm's number less its own. */
    private static PatientSums.Row swap(PatientSums.Row row) {
        var changes = new TreeMap<Integer, Double>();
        for (int i = 0; i < row.columns().length; i++) {
            changes.merge(row.columns()[i], -row.values()[i], Double::sum);
            changes.merge(row.columns()[i] ^ 1, row.values()[i], Double::sum);
        }
        changes.values().removeIf(change -> change == 0);
        return PatientSums.Row.of(changes);
    }

    /** @param differences that change sign when all patients are swapped; NaN where one is undefined on the arms as they are */
    double[] pValues(List<Statistic> differences, long seed) {
        double[] observed = differences.stream().mapToDouble(d -> Math.abs(d.of(whole)) - SAME).toArray();
        int different = Arrays.stream(patients).sum();
        boolean all = different < 31 && 1L << different <= WORLDS;
        int worlds = all ? 1 << different : WORLDS;
        var random = new SplittableRandom(seed);
        var asFar = new int[observed.length];
        for (int world = 0; world < worlds; world++) {
            double[] totals = swapped(all ? chosen(world) : chosen(random));
            for (int d = 0; d < observed.length; d++) {
                asFar[d] += Math.abs(differences.get(d).of(totals)) >= observed[d] ? 1 : 0;
            }
        }
        int drawn = all ? 0 : 1;
        return IntStream.range(0, observed.length)
                .mapToDouble(d -> Double.isNaN(observed[d]) ? Double.NaN : (double) (asFar[d] + drawn) / (worlds + drawn)).toArray();
    }

    /** How many of each kind are swapped when bit n of {@code world} says whether patient n is. */
    private int[] chosen(int world) {
        var chosen = new int[patients.length];
        int bits = world;
        for (int kind = 0; kind < chosen.length; kind++) {
            chosen[kind] = Integer.bitCount(bits & ((1 << patients[kind]) - 1));
            bits >>>= patients[kind];
        }
        return chosen;
    }

    /** A fair coin for each patient. */
    private int[] chosen(SplittableRandom random) {
        var chosen = new int[patients.length];
        for (int kind = 0; kind < chosen.length; kind++) {
            int left = patients[kind];
            for (; left >= Long.SIZE; left -= Long.SIZE) {
                chosen[kind] += Long.bitCount(random.nextLong());
            }
            chosen[kind] += left == 0 ? 0 : Long.bitCount(random.nextLong() >>> (Long.SIZE - left));
        }
        return chosen;
    }

    private double[] swapped(int[] chosen) {
        var totals = whole.clone();
        for (int kind = 0; kind < chosen.length; kind++) {
            if (chosen[kind] > 0) {
                swaps.get(kind).addTo(totals, chosen[kind]);
            }
        }
        return totals;
    }
}
