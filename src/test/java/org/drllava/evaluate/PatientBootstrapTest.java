package org.drllava.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class PatientBootstrapTest {

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
            var tally = new Tally(80);
            for (int patient = 0; patient < 80; patient++) {
                double skill = random.nextBoolean() ? 0.95 : 0.45;
                for (int i = 0; i < 6; i++) {
                    tally.add(patient, random.nextDouble() < skill);
                }
            }
            var estimate = new PatientBootstrap(80, 500, random.nextLong()).estimates(List.of(tally::ratio)).getFirst();
            held += estimate.low() <= 0.7 && 0.7 <= estimate.high() ? 1 : 0;
        }
        // Binomial standard deviation of the share is 1 point; the percentile interval itself covers about 94 % at 80 patients.
        assertThat((double) held / studies).as("seed %d", seed).isBetween(0.89, 0.985);
    }

    @Test
    void resamplesWithoutATrialAreLeftOut() {
        var tally = new Tally(3);
        tally.add(1, true);
        var estimate = new PatientBootstrap(3, 200, 1).estimates(List.of(tally::ratio)).getFirst();
        assertThat(estimate).isEqualTo(new Estimate(1, 1, 1));
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
