package org.drllava.evaluate;

import java.util.Arrays;
import java.util.random.RandomGeneratorFactory;

/**
 * Percentile bootstrap over patients (Efron 1979; the cluster bootstrap of Davison and Hinkley 1997, section 3.8).
 * A resample draws as many patients as there are, with replacement, and takes each with all of his conversations.
 * All statistics see the same resamples.
 *
 * @param whole     [columns], totals of the patients as they are
 * @param resampled [resamples, columns]
 */
record PatientBootstrap(double[] whole, double[][] resampled) {
    static final int RESAMPLES = 2_000;
    private static final double TAIL = 0.025;

    static PatientBootstrap of(PatientSums sums, int columns, int resamples, long seed) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var resampled = new double[resamples][];
        var times = new int[sums.rows().size()];
        int[] rowOf = sums.rowOf();
        for (int resample = 0; resample < resamples; resample++) {
            Arrays.fill(times, 0);
            for (int draw = 0; draw < rowOf.length; draw++) {
                times[rowOf[random.nextInt(rowOf.length)]]++;
            }
            resampled[resample] = sums.totals(times, columns);
        }
        return new PatientBootstrap(sums.totals(columns), resampled);
    }

    /** The statistic with its 95 % limits; resamples where it is undefined are left out. */
    Estimate estimate(Statistic statistic) {
        double[] sorted = Arrays.stream(resampled).mapToDouble(statistic::of).filter(Double::isFinite).sorted().toArray();
        return new Estimate(statistic.of(whole), quantile(sorted, TAIL), quantile(sorted, 1 - TAIL));
    }

    /** Linear between the two nearest order statistics (type 7 of Hyndman and Fan 1996). */
    static double quantile(double[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
