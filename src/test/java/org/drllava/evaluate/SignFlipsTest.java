package org.drllava.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class SignFlipsTest {
    /** Columns: trials of arm 0, of arm 1, hits of arm 0, of arm 1. */
    private static final Statistic DIFFERENCE = totals -> totals[3] / totals[1] - totals[2] / totals[0];

    private static PatientSums sums(int[] trials, int[][] hits) {
        var sums = new PatientSums.Builder();
        for (int patient = 0; patient < trials.length; patient++) {
            for (int arm = 0; arm < 2; arm++) {
                sums.add("p" + (100 + patient), arm, trials[patient]);
                if (hits[arm][patient] > 0) {
                    sums.add("p" + (100 + patient), 2 + arm, hits[arm][patient]);
                }
            }
        }
        return sums.build();
    }

    /** The reference swaps patients one by one in every of the 2^n ways and divides afresh each time. */
    private static double enumerated(int[] trials, int[][] hits) {
        int n = trials.length;
        int asFar = 0;
        double observed = difference(trials, hits, 0);
        for (int mask = 0; mask < 1 << n; mask++) {
            asFar += Math.abs(difference(trials, hits, mask)) >= Math.abs(observed) - 1e-12 ? 1 : 0;
        }
        return (double) asFar / (1 << n);
    }

    private static double difference(int[] trials, int[][] hits, int mask) {
        double all = 0, first = 0, second = 0;
        for (int i = 0; i < trials.length; i++) {
            int swap = mask >> i & 1;
            all += trials[i];
            first += hits[swap][i];
            second += hits[1 - swap][i];
        }
        return second / all - first / all;
    }

    @Test
    void eightPatientsAreEnumerated() {
        long seed = Long.getLong("drllava.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("SignFlipsTest -Ddrllava.seed=" + seed);
        var random = new SplittableRandom(seed);
        for (int study = 0; study < 200; study++) {
            var trials = random.ints(8, 1, 6).toArray();
            var hits = new int[2][8];
            for (int arm = 0; arm < 2; arm++) {
                for (int i = 0; i < 8; i++) {
                    hits[arm][i] = random.nextInt(trials[i] + 1);
                }
            }
            double p = SignFlips.of(sums(trials, hits), 4).pValues(List.of(DIFFERENCE), 1)[0];
            assertThat(p).as("study %d, seed %d", study, seed).isEqualTo(enumerated(trials, hits));
        }
    }

    /** 20 patients are too many to count all worlds; drawn ones come near the counted share. */
    @Test
    void manyPatientsAreDrawn() {
        var random = new SplittableRandom(3);
        var trials = new int[18];
        var hits = new int[2][18];
        for (int i = 0; i < 18; i++) {
            trials[i] = 4;
            hits[0][i] = random.nextInt(3);
            hits[1][i] = i % 3 == 0 ? hits[0][i] + 1 : hits[0][i] + 1 - random.nextInt(3) % 3;
            hits[1][i] = Math.max(0, hits[1][i]);
        }
        double exact = enumerated(trials, hits);
        double drawn = SignFlips.of(sums(trials, hits), 4).pValues(List.of(DIFFERENCE), 5)[0];
        // Standard error of a share of 10,000 is at most 0.005.
        assertThat(drawn).isCloseTo(exact, within(0.02));
        assertThat(exact).as("a study worth testing").isBetween(0.01, 0.9);
    }

    /** With equal arms p is uniform: at most 5 % of studies fall below 0.05. */
    @Test
    void equalArmsAreRarelyToldApart() {
        var random = new SplittableRandom(8);
        int below = 0;
        for (int study = 0; study < 400; study++) {
            var trials = new int[10];
            var hits = new int[2][10];
            for (int i = 0; i < 10; i++) {
                trials[i] = 6;
                double skill = random.nextDouble();
                for (int n = 0; n < 12; n++) {
                    hits[n % 2][i] += random.nextDouble() < skill ? 1 : 0;
                }
            }
            below += SignFlips.of(sums(trials, hits), 4).pValues(List.of(DIFFERENCE), study)[0] <= 0.05 ? 1 : 0;
        }
        // 20 expected at most, standard deviation 4.4.
        assertThat(below).isBetween(3, 36);
    }

    @Test
    void armsThatAgreeThroughoutHaveNothingToTell() {
        double[] p = SignFlips.of(sums(new int[] {2, 3}, new int[][] {{1, 2}, {1, 2}}), 4).pValues(List.of(DIFFERENCE, _ -> Double.NaN), 1);
        assertThat(p[0]).isEqualTo(1);
        assertThat(p[1]).isNaN();
    }
}
