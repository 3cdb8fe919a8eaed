package org.drllava.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.drllava.checkpoint.Checkpoints;
import org.drllava.checkpoint.RunSettings;
import org.drllava.checkpoint.RunState;
import org.drllava.checkpoint.Sha256;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.reward.Reward;
import org.drllava.common.DivergedException;
import org.drllava.model.AdapterFolder;
import org.drllava.model.LoraAdapter;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.session.ModelSession;
import org.drllava.session.Pictures;
import org.drllava.session.TinyClinic;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Team;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PpoTrainerTest {
    private static final RunSettings RUN = new RunSettings(new TreeMap<>(Map.of("--seed", "5")));
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(4, 8);

    @TempDir
    private static Path folder;
    private static ModelSession session;
    private static List<Conversation> conversations;
    private static Pictures pictures;

    @BeforeAll
    static void open() {
        TinyClinic clinic = TinyClinic.write(folder, 8);
        session = clinic.open(2);
        conversations = clinic.readConversations();
        pictures = Pictures.load(session, clinic.images(), conversations);
    }

    @AfterAll
    static void close() {
        session.close();
    }

    @Test
    void theFirstIterationStartsFromTheReferenceExactly() {
        PpoTrainer.Iteration first = trainer(fresh(), PpoFixture.settings().build()).iterate();
        assertThat(first.metrics()).containsEntry("objective/kl_sum_seq", 0.0).containsEntry("objective/kl_avg_seq", 0.0);
        assertThat((double) first.metrics().get("rollout/logprob_gap")).isLessThan(1e-4);
        assertThat(first.experiences()).allSatisfy(experience -> assertThat(experience.logprobs()).isEqualTo(experience.referenceLogprobs()));
    }

    @Test
    void whatIsLoggedIsWhatIsTrained() {
        PpoTrainer.Iteration iteration = trainer(fresh(), PpoFixture.settings().rewardScale(0.5).build()).iterate();
        double sum = 0;
        for (Experience experience : iteration.experiences()) {
            double total = experience.score().parts().total();
            assertThat(experience.trainedReward()).isCloseTo(0.5 * total, Offset.offset(1e-6));
            float[] scored = experience.scored();
            assertThat(scored[scored.length - 1]).isCloseTo((float) (0.5 * total), Offset.offset(1e-6f));
            for (int t = 0; t < scored.length - 1; t++) {
                assertThat(scored[t]).isZero();
            }
            assertThat(experience.rewards()).isEqualTo(scored); // the first iteration's KL is 0
            sum += total;
        }
        assertThat((double) iteration.metrics().get("objective/rewards")).isCloseTo(sum / 24, Offset.offset(1e-9));
    }

    @Test
    void answersHoldNoSpecialTokenButTheirEnd() {
        PpoTrainer.Iteration iteration = trainer(fresh(), PpoFixture.settings().build()).iterate();
        for (Experience experience : iteration.experiences()) {
            Episode episode = experience.episode();
            assertThat(episode.spans()).hasSize(5);
            for (Episode.Span span : episode.spans()) {
                assertThat(episode.text(span)).doesNotContain(session.model().config().imageTokenId(), session.encoder().endToken(), 0, 1);
                assertThat(episode.tokens()[span.end() - 1] == session.encoder().endToken()).isEqualTo(span.ended());
                assertThat(span.length()).isBetween(1, 8);
            }
        }
    }

    /** An advantage or loss of the wrong sign would make well rewarded conversations rarer. */
    @Test
    void betterRewardedConversationsBecomeLikelier() {
        PpoSettings settings = PpoFixture.settings().rate(3e-3).build();
        Actors actors = fresh();
        PpoTrainer.Iteration iteration = trainer(actors, settings).iterate();
        double mean = iteration.experiences().stream().mapToDouble(each -> each.score().parts().total()).average().orElseThrow();
        List<float[]> after = logprobs(actors, settings, iteration);
        double gain = 0;
        for (int i = 0; i < after.size(); i++) {
            Experience experience = iteration.experiences().get(i);
            double change = 0;
            for (int t = 0; t < after.get(i).length; t++) {
                change += after.get(i)[t] - experience.logprobs()[t];
            }
            gain += (experience.score().parts().total() - mean) * change;
        }
        assertThat(gain).isGreaterThan(0.1);
    }

    /** With nothing to earn, the KL penalty alone must bring a policy that has strayed back to its reference. */
    @Test
    void theKlPenaltyDrawsThePolicyBack() {
        Actors actors = strayed();
        PpoTrainer trainer = trainer(actors, PpoFixture.settings().rate(1e-2).kl(KlEstimator.K1, 5, 0).rewardScale(0).gamma(0).turnGamma(0).build());
        double before = (double) trainer.iterate().metrics().get("objective/kl_sum_seq");
        PpoTrainer.Iteration last = null;
        for (int i = 0; i < 5; i++) {
            last = trainer.iterate();
        }
        assertThat(before).isGreaterThan(1);
        assertThat((double) last.metrics().get("objective/kl_sum_seq")).isLessThan(0.8 * before);
    }

    /** Three iterations, with a stop after the first, against three in one go; the KL coefficient moves on the way. */
    @Test
    void aResumedRunComesToTheSameBits() {
        PpoSettings settings = PpoFixture.settings().kl(KlEstimator.K3, 0.1, 0.01).build();
        PpoTrainer straight = trainer(fresh(), settings);
        for (int i = 0; i < 3; i++) {
            straight.iterate();
        }
        PpoTrainer before = trainer(fresh(), settings);
        before.iterate();
        Path checkpoint = Checkpoints.write(folder.resolve("checkpoints"), 1, PpoCheckpoint.save(RUN, before));
        PpoTrainer after = trainer(fresh(), settings);
        try (Arena arena = Arena.ofConfined()) {
            PpoCheckpoint.restore(RunState.read(checkpoint, arena), after);
        }
        after.iterate();
        after.iterate();
        assertThat(after.iteration()).isEqualTo(3);
        assertThat(hashes(after)).isEqualTo(hashes(straight)).doesNotContainAnyElementsOf(hashes(before));
        assertThat(after.klController().coefficient()).isEqualTo(straight.klController().coefficient()).isNotEqualTo(0.1);
    }

    @Test
    void stopsAsSoonAsTheNumbersAreNone() {
        Actors actors = fresh();
        float[] values = actors.value().values().toFloats();
        values[values.length - 1] = Float.POSITIVE_INFINITY;
        actors.value().values().set(values);
        PpoTrainer trainer = trainer(actors, PpoFixture.settings().build());
        assertThatThrownBy(trainer::iterate).isInstanceOf(DivergedException.class).hasMessageContaining("Iteration 1");
        assertThat(trainer.iteration()).isZero();
    }

    private static Actors fresh() {
        return Actors.fresh(session.model(), LORA, 3);
    }

    /** A policy whose adapter does something, where the reference has none. */
    private static Actors strayed() {
        Actors actors = fresh();
        ParameterArena arena = actors.policy().arena();
        SplittableRandom random = new SplittableRandom(1);
        arena.shapes().forEach((name, shape) -> {
            if (name.endsWith(".lora_B")) {
                float[] b = new float[(int) (shape[0] * shape[1])];
                for (int i = 0; i < b.length; i++) {
                    b[i] = (float) random.nextDouble(-1, 1);
                }
                arena.get(name).set(b);
            }
        });
        return actors;
    }

    private static PpoTrainer trainer(Actors actors, PpoSettings settings) {
        return new PpoTrainer(settings, actors, pictures.features(), PpoTrainerTest::prompts,
                new RewardModel(session.encoder(), new Reward(TinyClinic.LOGIC)), Team.alone(session.workers()));
    }

    private static List<PpoPrompt> prompts(long iteration, int count) {
        List<PpoPrompt> prompts = new ArrayList<>();
        for (long place = iteration * count; place < (iteration + 1) * count; place++) {
            Conversation conversation = conversations.get((int) (place % conversations.size()));
            Dialogue dialogue = session.encoder().dialogue(place, conversation.exchanges());
            prompts.add(new PpoPrompt(conversation.id(), dialogue, conversation.exchanges(), pictures.number(conversation), conversation.diagnosis()));
        }
        return prompts;
    }

    private static List<float[]> logprobs(Actors actors, PpoSettings settings, PpoTrainer.Iteration iteration) {
        List<PpoPrompt> prompts = iteration.experiences().stream().map(Experience::prompt).toList();
        List<Episode> episodes = iteration.experiences().stream().map(Experience::episode).toList();
        return new Scoring(actors.frozen(), pictures.features(), session.workers(), settings).score(prompts, episodes).stream().map(Scoring.Scores::logprobs).toList();
    }

    private static List<String> hashes(PpoTrainer trainer) {
        Path policy = folder.resolve("adapter");
        Path value = folder.resolve("value");
        AdapterFolder.write(policy, LORA, trainer.actors().policy().arena());
        trainer.actors().writeValue(value);
        return List.of(Sha256.of(policy), Sha256.of(value));
    }
}
