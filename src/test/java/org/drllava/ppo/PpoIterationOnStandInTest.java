package org.drllava.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.clinical.reward.Reward;
import org.drllava.model.LoraAdapter;
import org.drllava.rollout.Dialogue;
import org.drllava.session.ModelSession;
import org.drllava.session.Pictures;
import org.drllava.session.TinyClinic;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.LearningRate;
import org.drllava.tensor.StandInGpu;
import org.drllava.tensor.Team;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole iteration as on a GPU where no GPU is, against the CPU's. */
@Tag("stand-in")
@ExtendWith(StandInGpu.class)
class PpoIterationOnStandInTest {
    private static final LearningRate RATE = new LearningRate(1e-3, 0, 100, LearningRate.Shape.CONSTANT, 1);
    private static final PpoSettings SETTINGS = new PpoSettings(4, 4, 4, 2, 1, 1, 0, 5, 1, RATE, RATE, AdamW.Settings.DEFAULT, 0.2, 0.2, 1,
            KlEstimator.K1, 0.1, 0, Credit.TURN, 1, 1, 1, 1, false, 5);

    @TempDir
    private Path folder;

    @Test
    void comesToTheNumbersOfTheCpu() {
        TinyClinic clinic = TinyClinic.write(folder, 4);
        try (ModelSession session = clinic.open(1)) {
            List<Conversation> conversations = clinic.readConversations();
            Pictures pictures = Pictures.load(session, clinic.images(), conversations);
            PpoTrainer.Iteration expected = StandInGpu.onCpu(() -> iterate(session, pictures, conversations));
            PpoTrainer.Iteration found = iterate(session, pictures, conversations);
            for (int i = 0; i < 4; i++) {
                Experience here = found.experiences().get(i), there = expected.experiences().get(i);
                assertThat(here.episode().tokens()).isEqualTo(there.episode().tokens());
                assertThat(here.episode().logprobs()).containsExactly(there.episode().logprobs(), within(1e-4f));
                assertThat(here.logprobs()).containsExactly(there.logprobs(), within(1e-4f));
                assertThat(here.values()).containsExactly(there.values(), within(1e-4f));
            }
            for (String name : List.of("ppo/policy/grad_norm", "ppo/val/grad_norm", "ppo/loss/value", "objective/entropies")) {
                double number = (double) expected.metrics().get(name);
                assertThat(number).as(name).isPositive();
                assertThat((double) found.metrics().get(name)).as(name).isCloseTo(number, within(1e-3 * number));
            }
        }
    }

    private static PpoTrainer.Iteration iterate(ModelSession session, Pictures pictures, List<Conversation> conversations) {
        List<PpoPrompt> prompts = new ArrayList<>();
        for (Conversation conversation : conversations) {
            Dialogue dialogue = session.encoder().dialogue(prompts.size(), conversation.exchanges());
            prompts.add(new PpoPrompt(conversation.id(), dialogue, conversation.exchanges(), pictures.number(conversation), conversation.diagnosis()));
        }
        Actors actors = Actors.fresh(session.model(), new LoraAdapter.Settings(2, 4), 3);
        RewardModel rewards = new RewardModel(session.encoder(), new Reward(TinyClinic.LOGIC));
        return new PpoTrainer(SETTINGS, actors, pictures.features(), (_, _) -> prompts, rewards, Team.alone(session.workers())).iterate();
    }
}
