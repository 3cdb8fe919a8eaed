package org.drllava.ppo;

import java.util.List;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.rollout.Episode;

/** From a conversation's score to a reward and a discount for each answer token. */
final class RewardShaping {
    private RewardShaping() {}

    /**
     * The clinical score in its place: all of it on the last answer token of the conversation, or each answer's share on its
     * own last token.
     *
     * @param perTurn reward of each answer
     * @return an element an answer token
     */
    static float[] scores(Episode episode, double[] perTurn, PpoSettings settings) {
        float[] scores = new float[episode.answerTokens()];
        int end = 0;
        List<Episode.Span> spans = episode.spans();
        for (int turn = 0; turn < spans.size(); turn++) {
            end += spans.get(turn).length();
            int due = settings.credit() == Credit.TURN ? end - 1 : scores.length - 1;
            scores[due] += (float) (settings.rewardScale() * perTurn[turn]);
        }
        return scores;
    }

    /** {@code r_t = score_t - β KL_t}. */
    static float[] rewards(float[] scores, float[] logprobs, float[] referenceLogprobs, double klCoefficient, KlEstimator kl) {
        float[] rewards = new float[scores.length];
        for (int t = 0; t < rewards.length; t++) {
            rewards[t] = scores[t] + (float) (-klCoefficient * kl.of(logprobs[t], referenceLogprobs[t]));
        }
        return rewards;
    }

    /** γ after each token, the turn's discount after an answer's last. */
    static double[] discounts(Episode episode, PpoSettings settings) {
        double[] discounts = new double[episode.answerTokens()];
        java.util.Arrays.fill(discounts, settings.gamma());
        int end = 0;
        for (Episode.Span span : episode.spans()) {
            end += span.length();
            discounts[end - 1] = settings.turnGamma();
        }
        return discounts;
    }
}
