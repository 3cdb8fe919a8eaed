package org.drllava.ppo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.rollout.Episode;
import org.junit.jupiter.api.Test;

class RewardShapingTest {
    /** Two answers of three and two tokens, after two and one tokens of questions. */
    private static final Episode EPISODE = new Episode(new int[] {1, 2, 10, 11, 9, 3, 12, 9},
            new boolean[] {false, false, true, true, true, false, true, true}, new float[5],
            List.of(new Episode.Span(2, 5, true), new Episode.Span(6, 8, true)));
    private static final double[] PER_TURN = {1.5, -0.5};
    private static final float[] LOGPROBS = {-1, -2, -3, -4, -5};
    private static final float[] REFERENCE = {-1.5f, -1, -3, -4.25f, -5};

    @Test
    void theConversationsScoreStandsOnItsLastAnswerToken() {
        assertThat(RewardShaping.scores(EPISODE, PER_TURN, PpoFixture.settings().build())).containsExactly(0, 0, 0, 0, 1);
    }

    @Test
    void orEachAnswersShareOnItsOwnLastToken() {
        var settings = PpoFixture.settings().credit(Credit.TURN).rewardScale(2).build();
        assertThat(RewardShaping.scores(EPISODE, PER_TURN, settings)).containsExactly(0, 0, 3, 0, -1);
    }

    @Test
    void klIsTakenFromEveryToken() {
        float[] scores = {0, 0, 0, 0, 1};
        assertThat(RewardShaping.rewards(scores, LOGPROBS, REFERENCE, 0.1, KlEstimator.K1)).containsExactly(-0.05f, 0, 0, -0.025f, 1);
        assertThat(RewardShaping.rewards(scores, LOGPROBS, REFERENCE, 0, KlEstimator.K1)).containsExactly(scores);
        float[] k3 = RewardShaping.rewards(scores, LOGPROBS, REFERENCE, 0.1, KlEstimator.K3);
        assertThat(k3[0]).isCloseTo((float) (-0.1 * (Math.exp(-0.5) - 1 + 0.5)), Offset.offset(1e-7f));
        assertThat(k3[1]).isCloseTo((float) (-0.1 * (Math.exp(1) - 2)), Offset.offset(1e-7f));
        assertThat(k3[4]).isEqualTo(1);
    }

    @Test
    void turnsMayBeDiscountedMoreThanTokens() {
        var settings = PpoFixture.settings().gamma(0.9).turnGamma(0.5).build();
        assertThat(RewardShaping.discounts(EPISODE, settings)).containsExactly(0.9, 0.9, 0.5, 0.9, 0.5);
    }
}
