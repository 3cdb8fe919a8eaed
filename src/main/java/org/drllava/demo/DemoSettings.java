package org.drllava.demo;

import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.clinical.logic.RewardWeights;
import org.drllava.model.LlavaConfig;
import org.drllava.model.LlavaConfig.Activation;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.model.LlavaConfig.Vision;
import org.drllava.model.LoraAdapter;
import org.drllava.ppo.KlEstimator;
import org.drllava.ppo.PpoSettings;
import org.drllava.pretrain.ContrastiveTrainer;
import org.drllava.sft.SftSettings;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.LearningRate;

/**
 * The demo's sizes and settings, chosen on validation patients.
 *
 * @param imageSize         pixels a side of a painted picture
 * @param patchSize         pixels a side of one image token
 * @param width             of the tower and the decoder
 * @param atlasPictures     captioned pictures the tower learns from
 * @param towerSteps        contrastive steps
 * @param trainPatients     patients whose pictures have a label
 * @param fields            pictures of each of them
 * @param writtenPatients   the first of them, whose pictures also have a written conversation
 * @param validationPatients one picture each: stop SFT, draw the learning curve
 * @param testPatients      one picture each, looked at once at the end
 * @param sftSteps          at most; SFT stops when the held-out loss no longer falls
 * @param ppoIterations     PPO's length
 * @param validateEvery     iterations between points of the learning curve
 */
public record DemoSettings(long seed, int imageSize, int patchSize, int width, int atlasPictures, int towerSteps, int trainPatients, int fields,
        int writtenPatients, int validationPatients, int testPatients, int sftSteps, int ppoIterations, int validateEvery) {

    static final int MAX_ANSWER_TOKENS = 16;
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(16, 32);

    public static DemoSettings of(long seed) {
        return new DemoSettings(seed, 64, 8, 128, 6000, 600, 320, 4, 5, 200, 400, 1500, 100, 10);
    }

    LlavaConfig model(int vocabulary, int imageToken) {
        Vision vision = new Vision(width, 2 * width, 3, 4, imageSize, patchSize, 1e-5, Activation.GELU);
        Text text = new Text(width, 320, 2, 4, 4, width / 4, vocabulary, 1e-5, 10_000, false, 512);
        return new LlavaConfig(vision, Projector.MLP, text, imageToken, -1, true);
    }

    ContrastiveTrainer.Settings tower() {
        return new ContrastiveTrainer.Settings(128, 64, width, new LearningRate(1.5e-3, 30, towerSteps, LearningRate.Shape.COSINE, 0.01),
                new AdamW.Settings(0.9, 0.98, 1e-6, 0.05), 1, seed);
    }

    SftSettings sft() {
        return new SftSettings(new LearningRate(1e-3, 25, sftSteps, LearningRate.Shape.CONSTANT, 1), 32, 16, 1,
                new AdamW.Settings(0.9, 0.99, 1e-8, 0.01), 25, 3, seed);
    }

    /** Agreement is paid as much as correctness: else PPO wins diagnoses and loses conversations. */
    RewardWeights reward(RewardWeights logic) {
        return logic.withConsistency(logic.correct());
    }

    LoraAdapter.Settings lora() {
        return LORA;
    }

    /**
     * Each answer is paid at its own end and hardly discounts into the next turn, which keeps credit where it belongs; many
     * small steps an iteration, falling to a twentieth, move the policy as far as the clip allows without running away.
     */
    PpoSettings ppo() {
        LearningRate policyRate = new LearningRate(2e-3, 0, ppoIterations, LearningRate.Shape.LINEAR, 0.05);
        LearningRate valueRate = new LearningRate(1.5e-3, 0, ppoIterations, LearningRate.Shape.CONSTANT, 1);
        return new PpoSettings(96, 48, 24, 12, 2, 1, 3, MAX_ANSWER_TOKENS, 1, policyRate, valueRate, AdamW.Settings.DEFAULT, 0.2, 0.2, 1,
                KlEstimator.K1, 0.01, 0, Credit.TURN, 1, 0.4, 0.95, 1.0 / 3, false, seed);
    }
}
