package org.drllava.cli;

import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.dataset.Batch;
import org.drllava.ppo.KlEstimator;
import org.drllava.ppo.PpoSettings;
import org.drllava.session.Lengths;
import org.drllava.session.ModelSession;
import org.drllava.tensor.LearningRate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Everything that {@link PpoSettings} holds. Defaults are Dr-LLaVA's, or say what it has. */
final class PpoOptions {
    private static final String DEFAULT = " (default: ${DEFAULT-VALUE}).";
    private static final String SMALLER = " (default: ${DEFAULT-VALUE}; ";

    @Option(names = "--conversations-per-iteration", defaultValue = "64", paramLabel = "N",
            description = "Conversations played an iteration" + SMALLER + "512 in Dr-LLaVA).")
    private int conversations;

    @Option(names = "--rollout-group", defaultValue = "16", paramLabel = "N", description = "Conversations decoded together" + DEFAULT)
    private int rolloutGroup;

    @Option(names = "--minibatch", defaultValue = "32", paramLabel = "N", description = "Conversations an optimiser step" + SMALLER + "256 in Dr-LLaVA).")
    private int minibatch;

    @Option(names = "--unit", defaultValue = "8", paramLabel = "N", description = "Conversations a forward pass; divides the minibatch" + DEFAULT)
    private int unit;

    @Option(names = "--policy-epochs", defaultValue = "2", paramLabel = "N", description = "Passes of the policy over an iteration's conversations" + DEFAULT)
    private int policyEpochs;

    @Option(names = "--value-epochs", defaultValue = "2", paramLabel = "N", description = "Passes of the value model over them" + DEFAULT)
    private int valueEpochs;

    @Option(names = "--value-only", defaultValue = "0", paramLabel = "N",
            description = "First iterations in which the value model alone learns, to know what to expect" + DEFAULT)
    private int valueOnly;

    @Option(names = "--max-answer-tokens", paramLabel = "N",
            description = "Longest answer, its end token included (default: 64, or what the model's positions leave room for; 100 in Dr-LLaVA).")
    private Integer maxAnswerTokens;

    @Option(names = "--temperature", defaultValue = "1", paramLabel = "X", description = "Of sampling and of log-probabilities" + DEFAULT)
    private double temperature;

    @Option(names = "--learning-rate", defaultValue = "3e-5", paramLabel = "X", description = "Peak learning rate of the policy" + DEFAULT)
    private double policyRate;

    @Option(names = "--value-learning-rate", defaultValue = "3e-5", paramLabel = "X", description = "Peak learning rate of the value model" + DEFAULT)
    private double valueRate;

    @Option(names = "--warmup", defaultValue = "5", paramLabel = "N", description = "Iterations in which the rates rise" + DEFAULT)
    private long warmup;

    @Option(names = "--schedule", defaultValue = "constant", paramLabel = "SHAPE",
            description = "How the rates then fall to 0: constant (not at all; such a run may be lengthened by --resume with more --iterations),"
                    + " linear or cosine" + SMALLER + "cosine in Dr-LLaVA).")
    private LearningRate.Shape schedule;

    @Mixin
    private AdamOptions adam;

    @Option(names = "--clip", defaultValue = "0.2", paramLabel = "X", description = "Clipping of the policy's ratio" + DEFAULT)
    private double clip;

    @Option(names = "--value-clip", defaultValue = "0.2", paramLabel = "X", description = "Clipping of the value's change" + DEFAULT)
    private double valueClip;

    @Option(names = "--kl", defaultValue = "k1", paramLabel = "NAME", description = "Estimator of the KL penalty: k1 (its positive half) or k3" + DEFAULT)
    private KlEstimator kl;

    @Option(names = "--kl-coefficient", defaultValue = "0.1", paramLabel = "X", description = "Weight of the KL penalty" + DEFAULT)
    private double klCoefficient;

    @Option(names = "--kl-target", defaultValue = "0", paramLabel = "X",
            description = "KL of a conversation towards which the weight is steered; 0 leaves it fixed" + DEFAULT)
    private double klTarget;

    @Option(names = "--credit", paramLabel = "WHERE",
            description = "Where the score stands: conversation (all on the last answer token, as in Dr-LLaVA) or turn (each answer's on its own"
                    + " last token) (default: what the logic's reward has as credit).")
    private Credit credit;

    @Option(names = "--gamma", defaultValue = "1", paramLabel = "X", description = "Discount from token to token" + DEFAULT)
    private double gamma;

    @Option(names = "--turn-gamma", defaultValue = "1", paramLabel = "X",
            description = "Discount from an answer to the next; below 1 it keeps an answer's credit with it" + DEFAULT)
    private double turnGamma;

    @Option(names = "--lambda", defaultValue = "0.95", paramLabel = "X", description = "Lambda of advantage estimation" + SMALLER + "1 in Dr-LLaVA).")
    private double lambda;

    @Option(names = "--reward-scale", defaultValue = "1", paramLabel = "X", description = "The clinical reward is multiplied by it" + DEFAULT)
    private double rewardScale;

    @Option(names = "--whiten-rewards", description = "Divide token rewards by their deviation, keeping the mean (default: off; on in Dr-LLaVA).")
    private boolean whitenRewards;

    /**
     * @param byLogic where the score stands unless an option says so
     * @throws org.drllava.common.InputException also for conversations that could grow longer than the model's positions
     */
    PpoSettings settings(ModelSession session, List<Conversation> conversationsPlayed, Credit byLogic, long iterations, long seed) {
        int answerTokens = Lengths.answerTokens(session, conversationsPlayed, maxAnswerTokens);
        return new PpoSettings(conversations, rolloutGroup, minibatch, unit, policyEpochs, valueEpochs, valueOnly, answerTokens, temperature,
                rate(policyRate, iterations), rate(valueRate, iterations), adam.settings(), clip, valueClip, adam.maxNorm(), kl, klCoefficient,
                klTarget, credit != null ? credit : byLogic, gamma, turnGamma, lambda, rewardScale, whitenRewards, seed);
    }

    List<Batch> batches() {
        return PpoSettings.batches(conversations, rolloutGroup, minibatch, unit);
    }

    /** Whether the rates of an iteration do not depend on how many there will be. */
    boolean constantRate() {
        return schedule == LearningRate.Shape.CONSTANT;
    }

    private LearningRate rate(double peak, long iterations) {
        return new LearningRate(peak, warmup, iterations, schedule, 0);
    }
}
