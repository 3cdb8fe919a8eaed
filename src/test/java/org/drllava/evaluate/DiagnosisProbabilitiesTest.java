package org.drllava.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.logic.Question;
import org.drllava.image.ImageFiles;
import org.drllava.model.Network;
import org.drllava.model.SequenceLogprobs;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.rollout.RolloutEngine;
import org.drllava.rollout.Sampling;
import org.drllava.session.ModelSession;
import org.drllava.session.Pictures;
import org.drllava.session.TinyClinic;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagnosisProbabilitiesTest {
    @TempDir
    private Path folder;

    /** Every wording scored as one sequence from the first token on, without a cache; the diagnosis asked last, first, and not at all. */
    @Test
    void agreeWithWholeSequences() {
        TinyClinic clinic = TinyClinic.write(folder, 4);
        try (ModelSession session = clinic.open(1); Autograd.Guard off = Autograd.off()) {
            List<Conversation> conversations = new ArrayList<>(clinic.readConversations());
            conversations.set(1, asking(conversations.get(1), 4, 0, 2));
            conversations.set(2, asking(conversations.get(2), 0, 1));
            Pictures pictures = Pictures.load(session, clinic.images(), conversations);
            Network network = session.network(null);
            Tensor images = network.model().project(pictures.features().select(pictures.numbers(conversations)));
            List<Dialogue> dialogues = conversations.stream().map(c -> session.encoder().dialogue(0, c.exchanges())).toList();
            List<Episode> episodes = new RolloutEngine(network.model(), null, Sampling.temperature(1, session.encoder().suppressed()),
                    session.encoder().endToken(), 7).run(dialogues, images, pictures.numbers(conversations), 3, 0);

            var computed = new DiagnosisProbabilities(network, session.encoder(), TinyClinic.LOGIC).of(conversations, episodes, images);

            assertThat(computed).hasSize(4);
            assertThat(computed.get(2)).isEmpty();
            for (int i : new int[] {0, 1, 3}) {
                int turn = i == 1 ? 0 : 4;
                int[] prompt = Arrays.copyOf(episodes.get(i).tokens(), episodes.get(i).spans().get(turn).start());
                float[] pixels = session.preprocessor().apply(ImageFiles.read(clinic.images().resolve(conversations.get(i).image())));
                var expected = reference(session, network, prompt, pixels);
                assertThat(computed.get(i).keySet()).containsExactlyElementsOf(expected.keySet());
                // float32 sums of some ten logarithms.
                expected.forEach((symbol, p) -> assertThat(computed.get(i).get(symbol)).as(symbol).isCloseTo(p, within(1e-5)));
            }
            assertThat(computed.get(0)).isNotEqualTo(computed.get(3));
        }
    }

    private static Conversation asking(Conversation c, int... turns) {
        return new Conversation(c.id(), c.image(), Arrays.stream(turns).mapToObj(c.exchanges()::get).toList(), c.diagnosis(), c.patient());
    }

    private static Map<String, Double> reference(ModelSession session, Network network, int[] prompt, float[] pixels) {
        var likelihoods = new java.util.LinkedHashMap<String, Double>();
        for (Question.Symbol symbol : TinyClinic.LOGIC.question("diagnosis").symbols()) {
            double sum = 0;
            for (String wording : symbol.answers().test()) {
                int[] answer = session.encoder().template().answer(session.encoder().tokenizer(), wording);
                int[] sequence = Arrays.copyOf(prompt, prompt.length + answer.length);
                System.arraycopy(answer, 0, sequence, prompt.length, answer.length);
                float[] logprobs = SequenceLogprobs.of(network, List.of(sequence), pixels).getFirst();
                double log = 0;
                for (int t = prompt.length; t < sequence.length; t++) {
                    log += logprobs[t];
                }
                sum += Math.exp(log);
            }
            likelihoods.put(symbol.name(), sum / symbol.answers().test().size());
        }
        double all = likelihoods.values().stream().mapToDouble(Double::doubleValue).sum();
        likelihoods.replaceAll((_, likelihood) -> likelihood / all);
        return likelihoods;
    }
}
