package org.drllava.ppo;

import org.drllava.rollout.Episode;

/**
 * A played, judged and scored conversation; arrays have an element an answer token, in order.
 *
 * @param logprobs          under the policy that played, recomputed in the shape of training
 * @param referenceLogprobs under the reference
 * @param values            V of the state before each token
 * @param rewards           shaped: clinical score where it is due, minus β KL
 * @param advantages        whitened over the iteration
 * @param returns           what V is trained towards
 */
public record Experience(PpoPrompt prompt, Episode episode, RewardModel.Score score, float[] logprobs, float[] referenceLogprobs,
        float[] values, float[] rewards, float[] advantages, float[] returns) {}
