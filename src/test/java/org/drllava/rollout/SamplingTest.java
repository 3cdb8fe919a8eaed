package org.drllava.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.TreeSet;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingTest {
    /** Probabilities 0.1, 0.4, 0.05, 0.25, 0.2 after two numbers that belong to another row. */
    private static final float[] LOGPROBS = logs(0.9, 0.9, 0.1, 0.4, 0.05, 0.25, 0.2);

    @Test
    void greedyTakesTheLikeliestAndTheFirstOfEquals() {
        assertThat(choose(Sampling.greedy(Set.of()), 0.999)).isEqualTo(1);
        assertThat(choose(Sampling.greedy(Set.of(1)), 0)).isEqualTo(3);
        assertThat(Sampling.greedy(Set.of()).choose(logs(0.2, 0.4, 0.4), 0, 3, 0.9)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.0999, 0", "0.1001, 1", "0.4999, 1", "0.5001, 2", "0.5501, 3", "0.7999, 3", "0.8001, 4", "0.9999999999, 4"})
    void aUniformNumberFallsIntoATokensShare(double uniform, int token) {
        assertThat(choose(Sampling.temperature(1, Set.of()), uniform)).isEqualTo(token);
    }

    @Test
    void whatIsSuppressedNeverAppearsAndItsShareGoesToTheOthers() {
        Sampling sampling = Sampling.temperature(1, Set.of(1, 4));
        assertThat(appearing(sampling)).containsExactly(0, 2, 3);
        // Shares of what is left: 0.25, 0.125, 0.625.
        assertThat(choose(sampling, 0.2499)).isZero();
        assertThat(choose(sampling, 0.2501)).isEqualTo(2);
        assertThat(choose(sampling, 0.3751)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, '1'", "2, 1, '1 3'", "3, 1, '1 3 4'", "5, 1, '0 1 2 3 4'", "99, 1, '0 1 2 3 4'", "0, 1, '0 1 2 3 4'",
        "0, 0.01, '1'", "0, 0.39, '1'", "0, 0.41, '1 3'", "0, 0.64, '1 3'", "0, 0.66, '1 3 4'", "0, 0.96, '0 1 2 3 4'",
        // top-p of what top-k leaves: shares 0.615 and 0.385
        "2, 0.6, '1'", "2, 0.63, '1 3'", "1, 0.5, '1'"})
    void topKAndTopPLeaveTheLikeliest(int topK, double topP, String tokens) {
        assertThat(String.join(" ", appearing(new Sampling(1, topK, topP, Set.of())).stream().map(String::valueOf).toList())).isEqualTo(tokens);
    }

    @Test
    void suppressedTokensTakeNoPlaceAmongTheTopK() {
        assertThat(appearing(new Sampling(1, 2, 1, Set.of(1)))).containsExactly(3, 4);
        assertThat(appearing(new Sampling(1, 0, 0.5, Set.of(1)))).containsExactly(3, 4);
        assertThat(appearing(new Sampling(1, 4, 0.01, Set.of(1)))).containsExactly(3);
    }

    @Test
    void aTokenWithoutProbabilityIsNotChosen() {
        float[] logprobs = {Float.NEGATIVE_INFINITY, 0, Float.NEGATIVE_INFINITY};
        for (double uniform : new double[] {0, 0.5, 0.9999999999}) {
            assertThat(Sampling.temperature(1, Set.of()).choose(logprobs, 0, 3, uniform)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "1, 0, 1", "1, 2, 1", "1, 0, 0.5"})
    void withoutAnyTokenThereIsAnError(double temperature, int topK, double topP) {
        float nan = Float.NaN;
        assertThatThrownBy(() -> new Sampling(temperature, topK, topP, Set.of()).choose(new float[] {nan, nan, nan}, 0, 3, 0.5))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("no token can be sampled");
        assertThatThrownBy(() -> new Sampling(temperature, topK, topP, Set.of(0, 1, 2)).choose(new float[3], 0, 3, 0.5))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("no token can be sampled");
    }

    @Test
    void greedyIsScoredAtTemperatureOne() {
        assertThat(Sampling.greedy(Set.of()).scoringTemperature()).isEqualTo(1);
        assertThat(Sampling.temperature(0.3, Set.of()).scoringTemperature()).isEqualTo(0.3);
    }

    @ParameterizedTest
    @CsvSource({"-0.1, 0, 1", "101, 0, 1", "NaN, 0, 1", "1, -1, 1", "1, 0, 0", "1, 0, 1.01", "1, 0, NaN"})
    void settingsOutOfRangeAreRefused(double temperature, int topK, double topP) {
        assertThatThrownBy(() -> new Sampling(temperature, topK, topP, Set.of())).isInstanceOf(InputException.class)
                .hasMessageContaining("temperature").hasMessageContaining("top-p");
    }

    private static int choose(Sampling sampling, double uniform) {
        return sampling.choose(LOGPROBS, 2, 5, uniform);
    }

    /** Tokens that some uniform number chooses. */
    private static Set<Integer> appearing(Sampling sampling) {
        Set<Integer> tokens = new TreeSet<>();
        for (int i = 0; i < 1000; i++) {
            tokens.add(choose(sampling, i / 1000.0));
        }
        return tokens;
    }

    private static float[] logs(double... probabilities) {
        float[] logs = new float[probabilities.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilities[i]);
        }
        return logs;
    }
}
