package org.drllava.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class PatientBootstrapTest {
    private static final Statistic SHARE = Statistic.share(new int[] {1}, new int[] {0});

    /**
     * Patients with several conversations each and a skill of their own: limits by patient must hold the true accuracy about
     * 95 times in 100. Limits that took conversations for independent would hold it about 80 times here.
     */
    @Test
    void limitsHoldTheTruthAsOftenAsTheySay() {
        long seed = Long.getLong("drllava.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("PatientBootstrapTest -Ddrllava.seed=" + seed);
        var random = new SplittableRandom(seed);
        int held = 0;
        int studies = 500;
        for (int study = 0; study < studies; study++) {
            var sums = new PatientSums.Builder();
            for (int patient = 0; patient < 80; patient++) {
                double skill = random.nextBoolean() ? 0.95 : 0.45;
                for (int i = 0; i < 6; i++) {
                    sums.add("p" + patient, 0, 1);
                    sums.add("p" + patient, 1, random.nextDouble() < skill ? 1 : 0);
                }
            }
            var estimate = PatientBootstrap.of(sums.build(), 2, 500, random.nextLong()).estimate(SHARE);
            held += estimate.low() <= 0.7 && 0.7 <= estimate.high() ? 1 : 0;
        }
        // Binomial standard deviation of the share is 1 point; the percentile interval itself covers about 94 % at 80 patients.
        assertThat((double) held / studies).as("seed %d", seed).isBetween(0.89, 0.985);
    }

    @Test
    void resamplesWithoutATrialAreLeftOut() {
        var sums = new PatientSums.Builder();
        sums.add("ann", 2, 1);
        sums.add("bob", 0, 1);
        sums.add("bob", 1, 1);
        sums.add("cy", 2, 1);
        var estimate = PatientBootstrap.of(sums.build(), 3, 200, 1).estimate(SHARE);
        assertThat(estimate).isEqualTo(new Estimate(1, 1, 1));
    }

    /** Patients with the same row are drawn one by one all the same: 40 of 50 right has the limits of a binomial share. */
    @Test
    void equalPatientsAreKeptOnceAndDrawnEach() {
        var sums = new PatientSums.Builder();
        for (int patient = 0; patient < 50; patient++) {
            sums.add("p" + patient, 0, 1);
            sums.add("p" + patient, 1, patient < 40 ? 1 : 0);
        }
        var built = sums.build();
        assertThat(built.rows()).hasSize(2);
        assertThat(built.patients()).isEqualTo(50);
        var estimate = PatientBootstrap.of(built, 2, 20_000, 1).estimate(SHARE);
        // Binomial(50, 0.8): 34 or fewer with a chance of 3.1 %, 33 or fewer 1.4 %; 45 or fewer 95.2 %, 46 or fewer 98.1 %.
        assertThat(estimate).isEqualTo(new Estimate(0.8, 0.68, 0.9));
    }

    @Test
    void quantilesLieBetweenOrderStatistics() {
        double[] sorted = {1, 2, 4, 8};
        assertThat(PatientBootstrap.quantile(sorted, 0)).isEqualTo(1);
        assertThat(PatientBootstrap.quantile(sorted, 0.5)).isEqualTo(3);
        assertThat(PatientBootstrap.quantile(sorted, 0.9)).isCloseTo(6.8, within(1e-12));
        assertThat(PatientBootstrap.quantile(sorted, 1)).isEqualTo(8);
        assertThat(PatientBootstrap.quantile(new double[0], 0.5)).isNaN();
    }
}
