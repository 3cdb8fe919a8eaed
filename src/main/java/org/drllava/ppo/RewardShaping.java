package org.drllava.ppo;

import java.util.List;
import org.drllava.rollout.Episode;

/** From a conversation's score to a reward and a discount for each answer token. */
final class RewardShaping {
    private RewardShaping() {}

    /**
     * {@code r_t = -β KL_t}, plus the clinical score: on the last answer token of the conversation, or each answer's share
     * on its own last token.
     *
     * @param perTurn reward of each answer
     */
    static float[] rewards(Episode episode, double[] perTurn, float[] logprobs, float[] referenceLogprobs, double klCoefficient,
            PpoSettings settings) {
        float[] rewards = new float[logprobs.length];
        for (int t = 0; t < rewards.length; t++) {
            rewards[t] = (float) (-klCoefficient * settings.kl().of(logprobs[t], referenceLogprobs[t]));
        }
        int end = 0;
        List<Episode.Span> spans = episode.spans();
        for (int turn = 0; turn < spans.size(); turn++) {
            end += spans.get(turn).length();
            int due = settings.credit() == PpoSettings.Credit.TURN ? end - 1 : rewards.length - 1;
            rewards[due] += (float) (settings.rewardScale() * perTurn[turn]);
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
