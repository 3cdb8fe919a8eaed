package org.drllava.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.checkpoint.Checkpoints;
import org.drllava.checkpoint.RunSettings;
import org.drllava.checkpoint.RunState;
import org.drllava.checkpoint.Sha256;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.common.DivergedException;
import org.drllava.evaluate.AnsweredTurn;
import org.drllava.evaluate.ModelAnswers;
import org.drllava.model.AdapterFolder;
import org.drllava.model.LoraAdapter;
import org.drllava.model.Trainable;
import org.drllava.session.ModelSession;
import org.drllava.session.Pictures;
import org.drllava.session.TinyClinic;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.LearningRate;
import org.drllava.tensor.Team;
import org.drllava.text.Encoded;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SftTrainerTest {
    private static final RunSettings RUN = new RunSettings(new TreeMap<>(Map.of("--seed", "1")));
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(4, 8);

    @TempDir
    private static Path folder;
    private static ModelSession session;
    private static List<Conversation> conversations;
    private static Pictures pictures;

    @BeforeAll
    static void open() {
        TinyClinic clinic = TinyClinic.write(folder, 6);
        session = clinic.open(2);
        conversations = clinic.readConversations();
        pictures = Pictures.load(session, clinic.images(), conversations);
    }

    @AfterAll
    static void close() {
        session.close();
    }

    /** Labels one token off would still be learnt, but the answers would then not come out when the model speaks. */
    @Test
    void oneConversationIsLearntByHeart() {
        Conversation only = conversations.getFirst();
        Trainable trainable = Trainable.Full.of(session.model());
        SftTrainer trainer = trainer(trainable, settings(1e-2, 100, 1, 1, 0), List.of(only), List.of());
        double loss = Double.NaN;
        while (!trainer.finished()) {
            loss = trainer.step().loss();
        }
        assertThat(loss).isLessThan(0.05);
        var answered = new ModelAnswers(trainable.frozen(), session.encoder(), TinyClinic.LOGIC, session.workers(), 20, false)
                .greedy(List.of(only), pictures.numbers(List.of(only)), pictures.features(), _ -> {});
        assertThat(answered.getFirst().turns()).extracting(AnsweredTurn::answer)
                .containsExactlyElementsOf(only.exchanges().stream().map(exchange -> exchange.answer()).toList());
    }

    @Test
    void onlyAnswersAndTheirEndsAreLearnt() {
        Encoded encoded = session.encoder().encode(conversations.getFirst());
        StringBuilder learnt = new StringBuilder();
        int ends = 0;
        for (int t = 0; t < encoded.ids().length; t++) {
            if (encoded.learn()[t]) {
                boolean end = encoded.ids()[t] == session.encoder().endToken();
                ends += end ? 1 : 0;
                learnt.append(end ? " " : session.encoder().tokenizer().token(encoded.ids()[t]));
            }
        }
        assertThat(ends).isEqualTo(5);
        assertThat(learnt.toString().replace("▁", " ").replaceAll(" +", " ").strip())
                .isEqualTo(String.join(" ", conversations.getFirst().exchanges().stream().map(exchange -> exchange.answer()).toList()));
    }

    /** Five steps, with a stop after three, against five in one go: best weights, moments and order included. */
    @Test
    void aResumedRunComesToTheSameBits() {
        SftSettings settings = settings(1e-2, 5, 4, 2, 2);
        SftTrainer straight = trainer(lora(), settings, conversations.subList(0, 5), conversations.subList(5, 6));
        straight.run(_ -> {});

        SftTrainer before = trainer(lora(), settings, conversations.subList(0, 5), conversations.subList(5, 6));
        for (int step = 0; step < 3; step++) {
            before.step();
        }
        Path checkpoint = Checkpoints.write(folder.resolve("checkpoints"), 3, SftCheckpoint.save(RUN, before));
        SftTrainer after = trainer(lora(), settings, conversations.subList(0, 5), conversations.subList(5, 6));
        try (Arena arena = Arena.ofConfined()) {
            SftCheckpoint.restore(RunState.read(checkpoint, arena), after);
        }
        assertThat(after.progress().step()).isEqualTo(3);
        after.run(_ -> {});

        assertThat(adapterHash(after)).isEqualTo(adapterHash(straight)).isNotEqualTo(adapterHash(before));
        assertThat(after.progress().bestLoss()).isEqualTo(straight.progress().bestLoss()).isFinite();
        assertThat(after.descent().secondMoment().toFloats()).isEqualTo(straight.descent().secondMoment().toFloats());
    }

    /** As many units, so as many gradients to add up, on one worker as on two: the same bits where operators use one core. */
    @Test
    void accumulationIsTheMeanOverTheBatch() {
        SftTrainer whole = trainer(lora(), settings(1e-2, 1, 4, 4, 0), conversations, List.of());
        SftTrainer parts = trainer(lora(), settings(1e-2, 1, 4, 1, 0), conversations, List.of());
        SftStep one = whole.step();
        SftStep four = parts.step();
        assertThat(four.loss()).isCloseTo(one.loss(), org.assertj.core.data.Offset.offset(1e-5));
        assertThat(four.gradientNorm()).isCloseTo(one.gradientNorm(), org.assertj.core.data.Offset.offset(1e-5 * one.gradientNorm() + 1e-6));
    }

    @Test
    void stopsAsSoonAsTheNumbersAreNone() {
        Trainable trainable = lora();
        SftTrainer trainer = trainer(trainable, settings(1e-2, 5, 2, 2, 0), conversations, List.of());
        trainer.step();
        float[] values = trainable.arena().values().toFloats();
        values[0] = Float.NaN;
        trainable.arena().values().set(values);
        assertThatThrownBy(trainer::step).isInstanceOf(DivergedException.class).hasMessageContaining("Step 2").hasMessageContaining("NaN");
        assertThat(trainer.progress().step()).isEqualTo(1);
        assertThat(trainer.descent().steps()).isEqualTo(1);
        assertThat(trainable.arena().values().toFloats()).isEqualTo(values);
    }

    @Test
    void patienceEndsARunThatNoLongerGains() {
        LearningRate none = new LearningRate(1e-30, 0, 50, LearningRate.Shape.CONSTANT, 1);
        SftSettings settings = new SftSettings(none, 2, 2, 1, AdamW.Settings.DEFAULT, 1, 3, 1);
        SftTrainer trainer = trainer(lora(), settings, conversations.subList(0, 4), conversations.subList(4, 6));
        trainer.run(_ -> {});
        assertThat(trainer.progress().step()).isEqualTo(4);
    }

    private static Trainable.Lora lora() {
        return Trainable.Lora.fresh(session.model(), LORA, 3);
    }

    private static SftSettings settings(double rate, int steps, int batch, int unit, int evaluateEvery) {
        return new SftSettings(new LearningRate(rate, 2, steps, LearningRate.Shape.COSINE, 0.1), batch, unit, 1, AdamW.Settings.DEFAULT, evaluateEvery, 0, 1);
    }

    private static SftTrainer trainer(Trainable trainable, SftSettings settings, List<Conversation> training, List<Conversation> heldOut) {
        List<SftExample> examples = examples(training);
        ExampleSource source = new ExampleSource() {
            @Override
            public int size() {
                return examples.size();
            }

            @Override
            public SftExample get(long epoch, int index) {
                return examples.get(index);
            }
        };
        return new SftTrainer(settings, trainable, pictures.features(), source, examples(heldOut), Team.alone(session.workers()));
    }

    private static List<SftExample> examples(List<Conversation> conversations) {
        return conversations.stream().map(conversation -> {
            Encoded encoded = session.encoder().encode(conversation);
            return new SftExample(encoded.ids(), encoded.learn(), pictures.number(conversation));
        }).toList();
    }

    private static String adapterHash(SftTrainer trainer) {
        Path adapter = folder.resolve("adapter");
        AdapterFolder.write(adapter, LORA, trainer.trainable().arena());
        return Sha256.of(adapter);
    }
}
