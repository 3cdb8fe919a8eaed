package org.drllava.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KlEstimatorTest {
    @ParameterizedTest
    @CsvSource({"-1, -3, 2, 1.135335283", "-3, -1, 0, 4.389056099", "-2, -2, 0, 0", "-1, -1.0001, 0.0001, 5e-9"})
    void values(double logprob, double reference, double k1, double k3) {
        assertThat(KlEstimator.K1.of(logprob, reference)).isEqualTo(k1, within(1e-9));
        assertThat(KlEstimator.K3.of(logprob, reference)).isEqualTo(k3, within(1e-9));
    }

    /** Leaving the reference costs something: a dropped KL would not. */
    @ParameterizedTest
    @EnumSource(KlEstimator.class)
    void aTokenThatBecameLikelierCosts(KlEstimator estimator) {
        assertThat(estimator.of(-1, -2)).isGreaterThan(estimator.of(-1.5, -2)).isPositive();
        assertThat(estimator.of(-1.5, -2)).isGreaterThan(0.05);
        assertThat(estimator.of(-2, -2)).isZero();
    }

    @ParameterizedTest
    @EnumSource(KlEstimator.class)
    void noEstimateIsNegative(KlEstimator estimator) {
        for (double x = -8; x <= 8; x += 0.37) {
            assertThat(estimator.of(x - 10, -10)).isNotNegative();
        }
    }

    /** E_p[k3] = KL(p ‖ q) exactly, as E_p[q/p - 1] = 0. */
    @Test
    void k3IsUnbiased() {
        double[] p = {0.5, 0.3, 0.15, 0.05};
        double[] q = {0.25, 0.25, 0.4, 0.1};
        double exact = 0;
        double estimated = 0;
        for (int i = 0; i < p.length; i++) {
            exact += p[i] * Math.log(p[i] / q[i]);
            estimated += p[i] * KlEstimator.K3.of(Math.log(p[i]), Math.log(q[i]));
        }
        assertThat(estimated).isEqualTo(exact, within(1e-12));
    }
}
