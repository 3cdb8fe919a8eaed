package org.drllava.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1.0000001})
    void whatIsNotWithinTheBoundFails(double error) {
        assertThat(new Verdict("x", error, 1).ok()).isFalse();
    }

    @Test
    void anErrorAtTheBoundPassesAndABoundThatIsNoNumberNeverDoes() {
        assertThat(new Verdict("x", 1, 1).ok()).isTrue();
        assertThat(new Verdict("x", 0, Double.NaN).ok()).isFalse();
    }

    @Test
    void measuresAreInfiniteForNaNAndForOtherLengths() {
        float[] reference = {1, -2, 3};
        for (float[] computed : new float[][] {{1, Float.NaN, 3}, {1, -2}, {1, -2, 3, 4}, {}}) {
            assertThat(Verdict.largest(computed, reference)).isInfinite();
            assertThat(Verdict.mean(computed, reference)).isInfinite();
            assertThat(Verdict.relativeNorm(computed, reference)).isInfinite();
        }
    }

    @Test
    void measuresOfAHandMadeDifference() {
        float[] computed = {1, -2, 7};
        float[] reference = {1, -2, 3};
        assertThat(Verdict.largest(computed, reference)).isEqualTo(4);
        assertThat(Verdict.mean(computed, reference)).isEqualTo(4 / 3.0);
        assertThat(Verdict.relativeNorm(computed, reference)).isEqualTo(4 / Math.sqrt(14), within(1e-12));
        assertThat(Verdict.magnitude(new float[] {1, -5, 3})).isEqualTo(5);
        assertThat(Verdict.magnitude(new float[0])).isZero();
    }
}
