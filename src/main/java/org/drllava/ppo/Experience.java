package org.drllava.ppo;

import org.drllava.rollout.Episode;

/**
 * A played, judged and scored conversation; arrays have an element an answer token, in order.
 *
 * @param logprobs          under the policy that played, recomputed in the shape of training
 * @param referenceLogprobs under the reference
 * @param values            V of the state before each token
 * @param scored            the scaled clinical score where it is due, 0 elsewhere
 * @param rewards           shaped: {@code scored} minus β KL, whitened if the settings say so
 * @param advantages        whitened over the iteration
 * @param returns           what V is trained towards
 */
public record Experience(PpoPrompt prompt, Episode episode, RewardModel.Score score, float[] logprobs, float[] referenceLogprobs,
        float[] values, float[] scored, float[] rewards, float[] advantages, float[] returns) {
    /** What the conversation's tokens received before the KL penalty: {@code rewardScale × score.parts().total()}. */
    public double trainedReward() {
        double sum = 0;
        for (float token : scored) {
            sum += token;
        }
        return sum;
    }
}
