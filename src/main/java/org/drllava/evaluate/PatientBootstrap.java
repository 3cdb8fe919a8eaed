package org.drllava.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/**
 * Percentile bootstrap over patients (Efron 1979; the cluster bootstrap of Davison and Hinkley 1997, section 3.8).
 * A resample draws as many patients as there are, with replacement, and takes each with all of his conversations.
 * All statistics of a call see the same resamples, so that differences of two arms are paired.
 *
 * @param patients how many there are
 */
record PatientBootstrap(int patients, int resamples, long seed) {
    static final int RESAMPLES = 2_000;
    private static final double TAIL = 0.025;

    /** Each statistic takes how often every patient is counted, and gives a number, or NaN where it is undefined. */
    List<Estimate> estimates(List<ToDoubleFunction<int[]>> statistics) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var values = new double[statistics.size()][resamples];
        var times = new int[patients];
        for (int resample = 0; resample < resamples; resample++) {
            Arrays.fill(times, 0);
            for (int draw = 0; draw < patients; draw++) {
                times[random.nextInt(patients)]++;
            }
            for (int s = 0; s < values.length; s++) {
                values[s][resample] = statistics.get(s).applyAsDouble(times);
            }
        }
        Arrays.fill(times, 1);
        return IntStream.range(0, values.length)
                .mapToObj(s -> estimate(statistics.get(s).applyAsDouble(times), values[s]))
                .toList();
    }

    private static Estimate estimate(double value, double[] resampled) {
        double[] sorted = Arrays.stream(resampled).filter(Double::isFinite).sorted().toArray();
        return new Estimate(value, quantile(sorted, TAIL), quantile(sorted, 1 - TAIL));
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
