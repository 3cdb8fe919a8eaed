package org.drllava.ppo;

import java.util.List;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.common.InputException;
import org.drllava.dataset.Batch;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.LearningRate;

/**
 * Everything that decides a PPO run, apart from model and data.
 *
 * @param conversations     rolled out an iteration
 * @param rolloutGroup      conversations decoded together
 * @param minibatch         conversations an optimiser step
 * @param unit              conversations a forward pass of scoring and training; divides the minibatch
 * @param policyEpochs      passes of the policy over an iteration's conversations
 * @param valueEpochs       passes of the value head
 * @param valueOnly         first iterations that train the value head alone, until it knows what to expect
 * @param maxAnswerTokens   of one answer, end token included
 * @param temperature       of sampling and of log-probabilities
 * @param policyRate        learning rate by iteration
 * @param valueRate         the same for the value adapter and head
 * @param clip              ε of the policy loss
 * @param valueClip         ε of the value loss
 * @param maxNorm           gradient clipping, policy and value each
 * @param kl                estimator of the KL penalty
 * @param klCoefficient     β at the start
 * @param klTarget          KL a conversation that β is steered to (arXiv 1909.08593); 0 leaves β fixed
 * @param credit            where the score stands: on each answer's last token, or all on the conversation's, as in Dr-LLaVA
 * @param gamma             discount from token to token
 * @param turnGamma         discount from an answer's last token to the next answer's first
 * @param lambda            λ of generalised advantage estimation
 * @param rewardScale       the clinical reward is multiplied by it
 * @param whitenRewards     divide rewards by their deviation, keeping the mean, as Dr-LLaVA does
 * @param seed              decides prompts, samples and order
 */
public record PpoSettings(int conversations, int rolloutGroup, int minibatch, int unit, int policyEpochs, int valueEpochs,
        int valueOnly, int maxAnswerTokens, double temperature, LearningRate policyRate, LearningRate valueRate, AdamW.Settings optimizer,
        double clip, double valueClip, double maxNorm, KlEstimator kl, double klCoefficient, double klTarget, Credit credit,
        double gamma, double turnGamma, double lambda, double rewardScale, boolean whitenRewards, long seed) {

    public PpoSettings {
        if (conversations < 1 || rolloutGroup < 1 || minibatch < 1 || unit < 1 || minibatch % unit != 0 || conversations % minibatch != 0) {
            throw new InputException("conversations (" + conversations + ") must be a multiple of the minibatch (" + minibatch
                    + "), which must be a multiple of the unit (" + unit + ")");
        }
        if (maxAnswerTokens < 1 || policyEpochs < 1 || valueEpochs < 0 || valueOnly < 0 || !(temperature > 0)) {
            throw new InputException("max-answer-tokens and policy-epochs must be at least 1 and temperature above 0");
        }
        if (!(clip > 0 && clip < 1) || !(valueClip > 0) || !(maxNorm > 0) || klCoefficient < 0 || klTarget < 0
                || !(gamma >= 0 && gamma <= 1) || !(turnGamma >= 0 && turnGamma <= 1) || !(lambda >= 0 && lambda <= 1)) {
            throw new InputException("clip must lie in (0, 1), value-clip and max-grad-norm above 0, KL settings not below 0, "
                    + "and gamma, turn-gamma and lambda in 0..1");
        }
    }

    /** What ranks share, see {@link Batch}. */
    public List<Batch> batches() {
        return batches(conversations, rolloutGroup, minibatch, unit);
    }

    /** As {@link #batches()}, before there are settings. */
    public static List<Batch> batches(int conversations, int rolloutGroup, int minibatch, int unit) {
        return List.of(new Batch("minibatch", "--minibatch", minibatch, unit),
                new Batch("iteration, scored", "--conversations-per-iteration", conversations, unit),
                new Batch("iteration, played", "--conversations-per-iteration", conversations, rolloutGroup));
    }

    int unitsPerMinibatch() {
        return minibatch / unit;
    }
}
