package org.drllava.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Permutation test of paired arms (Fisher 1935; Good 2005, section 3.7). Were the arms the same, a patient's answers in one could
 * as well have been those in the other; so every patient's two arms are swapped or left at random, and p is the share of these
 * worlds in which the arms part at least as far as they did. Few patients: all worlds are counted. Many: 10,000 are drawn, and the
 * observed one is counted among them (Phipson and Smyth 2010), so p is never 0.
 *
 * @param sums      the first arm in even columns, the second in the odd ones behind
 * @param discordant [rows], how many patients have this row, 0 where swapping changes nothing
 */
record SignFlips(PatientSums sums, int columns, int[] discordant) {
    private static final int WORLDS = 10_000;
    /** Below this, two differences are the same number, reckoned in another order. */
    private static final double SAME = 1e-12;

    static SignFlips of(PatientSums sums, int columns) {
        var discordant = new int[sums.rows().size()];
        for (int row : sums.rowOf()) {
            discordant[row] += swapped(sums.rows().get(row)).equals(sums.rows().get(row)) ? 0 : 1;
        }
        return new SignFlips(sums, columns, discordant);
    }

    /** @param differences that change sign when all patients are swapped; NaN where one is undefined on the arms as they are */
    double[] pValues(List<Statistic> differences, long seed) {
        double[] whole = sums.totals(columns);
        double[] observed = differences.stream().mapToDouble(d -> Math.abs(d.of(whole)) - SAME).toArray();
        int patients = Arrays.stream(discordant).sum();
        boolean all = patients < 31 && 1L << patients <= WORLDS;
        int worlds = all ? 1 << patients : WORLDS;
        var random = new SplittableRandom(seed);
        var asFar = new int[observed.length];
        for (int world = 0; world < worlds; world++) {
            double[] totals = swap(whole, all ? swaps(world) : swaps(random));
            for (int d = 0; d < observed.length; d++) {
                asFar[d] += Math.abs(differences.get(d).of(totals)) >= observed[d] ? 1 : 0;
            }
        }
        int drawn = all ? 0 : 1;
        return IntStream.range(0, observed.length)
                .mapToDouble(d -> Double.isNaN(observed[d]) ? Double.NaN : (double) (asFar[d] + drawn) / (worlds + drawn)).toArray();
    }

    /** Patients swapped a row, when bit n of {@code world} says whether discordant patient n is. */
    private int[] swaps(int world) {
        var swaps = new int[discordant.length];
        int bits = world;
        for (int row = 0; row < swaps.length; row++) {
            swaps[row] = Integer.bitCount(bits & ((1 << discordant[row]) - 1));
            bits >>>= discordant[row];
        }
        return swaps;
    }

    /** A fair coin for each discordant patient. */
    private int[] swaps(SplittableRandom random) {
        var swaps = new int[discordant.length];
        for (int row = 0; row < swaps.length; row++) {
            int left = discordant[row];
            for (; left >= Long.SIZE; left -= Long.SIZE) {
                swaps[row] += Long.bitCount(random.nextLong());
            }
            swaps[row] += left == 0 ? 0 : Long.bitCount(random.nextLong() >>> (Long.SIZE - left));
        }
        return swaps;
    }

    private double[] swap(double[] whole, int[] swaps) {
        var totals = whole.clone();
        for (int row = 0; row < swaps.length; row++) {
            if (swaps[row] > 0) {
                sums.rows().get(row).addTo(totals, -swaps[row]);
                swapped(sums.rows().get(row)).addTo(totals, swaps[row]);
            }
        }
        return totals;
    }

    private static PatientSums.Row swapped(PatientSums.Row row) {
        int[] order = row.columns().clone();
        double[] values = row.values().clone();
        for (int i = 0; i < order.length; i++) {
            order[i] ^= 1;
            if (i > 0 && order[i] < order[i - 1]) { // both arms have this counter
                order[i] ^= 1;
                order[i - 1] ^= 1;
                values[i] = row.values()[i - 1];
                values[i - 1] = row.values()[i];
            }
        }
        return new PatientSums.Row(order, values);
    }
}
