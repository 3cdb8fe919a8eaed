package org.drllava.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.drllava.common.InputException;
import org.drllava.model.AnswerRows;
import org.drllava.model.LlavaModel;
import org.drllava.model.LoraAdapter;
import org.drllava.model.TinyModel;
import org.drllava.model.Network;
import org.drllava.tensor.Tensors;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenScores;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.LeakCheck;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class RolloutEngineTest {
    private static final Set<Integer> SUPPRESSED = Set.of(0, 1, TinyModel.IMAGE);
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(2, 4);
    private static final int LIMIT = 6;

    private TensorScope scope;
    private LlavaModel model;
    private LoraAdapter adapter;
    private Tensor images;
    private final List<Dialogue> dialogues = new ArrayList<>();

    static List<Sampling> samplings() {
        return List.of(Sampling.greedy(SUPPRESSED), Sampling.temperature(1, SUPPRESSED), Sampling.temperature(0.7, SUPPRESSED),
                new Sampling(1.5, 5, 0.9, SUPPRESSED));
    }

    /** Five conversations of one to four turns, their questions of different lengths. */
    @BeforeEach
    void open() {
        scope = TensorScope.open();
        model = TinyModel.of(TinyModel.config(4, 2), 11);
        ParameterArena arena = TinyModel.adapter(model.config(), LORA, 12);
        adapter = LoraAdapter.of(arena.leaves().byName(), LORA.scale());
        SplittableRandom random = new SplittableRandom(13);
        try (Autograd.Guard off = Autograd.off()) {
            images = TinyModel.images(model, random, 5);
        }
        for (int i = 0; i < 5; i++) {
            List<int[]> followUps = new ArrayList<>();
            for (int turn = 1; turn < new int[] {3, 1, 4, 2, 3}[i]; turn++) {
                followUps.add(TinyModel.tokens(random, 1 + (i + turn) % 4));
            }
            dialogues.add(new Dialogue(100 + i, TinyModel.prompt(random, model.config(), 1 + i), followUps));
        }
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @MethodSource("samplings")
    void anEpisodeIsExactlyWhatWasFedAndSampled(Sampling sampling) {
        List<Episode> episodes = run(sampling, dialogues, images, 1, 2);
        int cut = 0;
        int ended = 0;
        for (int i = 0; i < dialogues.size(); i++) {
            Episode episode = episodes.get(i);
            Dialogue dialogue = dialogues.get(i);
            assertThat(episode.spans()).hasSize(dialogue.turns());
            assertThat(episode.answer()).hasSameSizeAs(episode.tokens());
            int at = 0;
            int answerTokens = 0;
            for (int turn = 0; turn < dialogue.turns(); turn++) {
                Episode.Span span = episode.spans().get(turn);
                if (turn > 0 && !episode.spans().get(turn - 1).ended()) {
                    assertThat(episode.tokens()[at]).as("an answer that was cut off is closed").isEqualTo(TinyModel.END);
                    assertThat(episode.answer()[at++]).as("but the model did not say so").isFalse();
                }
                for (int token : dialogue.prompt(turn)) {
                    assertThat(episode.tokens()[at]).isEqualTo(token);
                    assertThat(episode.answer()[at++]).isFalse();
                }
                assertThat(span.start()).isEqualTo(at);
                assertThat(span.length()).isBetween(1, LIMIT);
                for (; at < span.end(); at++) {
                    assertThat(episode.answer()[at]).isTrue();
                    assertThat(SUPPRESSED).doesNotContain(episode.tokens()[at]);
                    assertThat(episode.tokens()[at] == TinyModel.END).as("an end token ends the answer")
                            .isEqualTo(span.ended() && at == span.end() - 1);
                }
                assertThat(span.ended() || span.length() == LIMIT).isTrue();
                assertThat(episode.text(span)).hasSize(span.length() - (span.ended() ? 1 : 0)).doesNotContain(TinyModel.END);
                answerTokens += span.length();
                cut += span.ended() ? 0 : 1;
                ended += span.ended() ? 1 : 0;
            }
            assertThat(at).isEqualTo(episode.tokens().length);
            assertThat(episode.answerTokens()).isEqualTo(answerTokens);
        }
        assertThat(cut).as("some answers were cut off").isPositive();
        assertThat(sampling.temperature() == 0 || ended > 0).as("some sampled answers ended").isTrue();
    }

    @ParameterizedTest
    @MethodSource("samplings")
    void logprobsAreThoseOfAPassOverTheWholeSequence(Sampling sampling) {
        List<Episode> episodes = run(sampling, dialogues, images, 3, 4);
        double gap = 0;
        try (Autograd.Guard off = Autograd.off()) {
            TokenBatch batch = TokenBatch.of(episodes.stream().map(Episode::tokens).toList());
            AnswerRows rows = AnswerRows.of(batch, episodes.stream().map(Episode::answer).toList());
            float[] again = TokenScores.logprobs(model, model.answerStates(batch, images, adapter, rows), rows, sampling.scoringTemperature()).toFloats();
            int at = 0;
            for (Episode episode : episodes) {
                for (float logprob : episode.logprobs()) {
                    gap = Math.max(gap, Math.abs(logprob - again[at++]));
                }
            }
            assertThat(at).isEqualTo(again.length);
        }
        System.out.println("log-probabilities of " + sampling + ", sampled against recomputed: largest gap " + gap);
        assertThat(gap).isLessThan(1e-5);
    }

    /** Greedy by the slow way: the whole sequence again for every token. */
    @Test
    void greedyTakesTheLikeliestTokenOfAFullPass() {
        Episode episode = run(Sampling.greedy(SUPPRESSED), dialogues.subList(2, 3), Ops.slice(images, 0, 2, 3), 0, 0).getFirst();
        try (Autograd.Guard off = Autograd.off()) {
            for (int t = 0; t < episode.tokens().length; t++) {
                if (episode.answer()[t]) {
                    TokenBatch start = TokenBatch.of(List.of(Arrays.copyOf(episode.tokens(), t)));
                    Tensor hidden = model.hidden(start, Ops.slice(images, 0, 2, 3), adapter);
                    float[] scores = model.logits(Ops.slice(hidden, 0, t - 1, t)).toFloats();
                    SUPPRESSED.forEach(token -> scores[token] = Float.NEGATIVE_INFINITY);
                    int best = 0;
                    for (int token = 1; token < scores.length; token++) {
                        best = scores[token] > scores[best] ? token : best;
                    }
                    assertThat(episode.tokens()[t]).as("token " + t).isEqualTo(best);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samplings")
    void companyDoesNotMatter(Sampling sampling) {
        List<Episode> together = run(sampling, dialogues, images, 5, 6);
        for (int i = 0; i < dialogues.size(); i++) {
            assertSame(run(sampling, dialogues.subList(i, i + 1), Ops.slice(images, 0, i, i + 1), 5, 6).getFirst(), together.get(i));
        }
    }

    @Test
    void aGroupSplitInTwoSamplesTheSameTokens() {
        Sampling sampling = Sampling.temperature(1, SUPPRESSED);
        List<Episode> whole = run(sampling, dialogues, images, 7, 8);
        List<Episode> parts = new ArrayList<>(run(sampling, dialogues.subList(0, 2), Ops.slice(images, 0, 0, 2), 7, 8));
        parts.addAll(run(sampling, dialogues.subList(2, 5), Ops.slice(images, 0, 2, 5), 7, 8));
        for (int i = 0; i < whole.size(); i++) {
            assertSame(parts.get(i), whole.get(i));
        }
    }

    @Test
    void seedStepAndConversationDecide() {
        Sampling sampling = Sampling.temperature(1, SUPPRESSED);
        int[] first = run(sampling, dialogues, images, 7, 8).get(2).tokens();
        assertThat(run(sampling, dialogues, images, 7, 8).get(2).tokens()).isEqualTo(first);
        assertThat(run(sampling, dialogues, images, 9, 8).get(2).tokens()).isNotEqualTo(first);
        assertThat(run(sampling, dialogues, images, 7, 9).get(2).tokens()).isNotEqualTo(first);
        Dialogue other = new Dialogue(999, dialogues.get(2).opening(), dialogues.get(2).followUps());
        assertThat(run(sampling, List.of(other), Ops.slice(images, 0, 2, 3), 7, 8).getFirst().tokens()).isNotEqualTo(first);
    }

    /** The first answer of one prompt over many conversation numbers follows the model's distribution. */
    @Test
    void tokensComeAsOftenAsTheyAreLikely() {
        int n = 1500;
        int[] prompt = {1, 9, 30, 4};
        List<Dialogue> many = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            many.add(new Dialogue(i, prompt, List.of()));
        }
        Sampling sampling = Sampling.temperature(1, Set.of());
        int[] counts = new int[TinyModel.VOCABULARY];
        new RolloutEngine(model, adapter, sampling, TinyModel.END, 1).run(many, null, IntStream.range(0, n).toArray(), 1, 1).forEach(e -> counts[e.tokens()[4]]++);
        try (Autograd.Guard off = Autograd.off()) {
            Tensor hidden = model.hidden(TokenBatch.of(List.of(prompt)), null, adapter);
            float[] probabilities = Ops.exp(Ops.logSoftmax(model.logits(Ops.slice(hidden, 0, 3, 4)))).toFloats();
            for (int token = 0; token < counts.length; token++) {
                double expected = n * probabilities[token];
                // Five standard deviations of a binomial count, one more for tokens that hardly come.
                assertThat(Math.abs(counts[token] - expected)).as("token " + token).isLessThanOrEqualTo(1 + 5 * Math.sqrt(expected));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theLimitCountsTheEndToken(int limit) {
        List<Episode> episodes = new RolloutEngine(model, adapter, Sampling.temperature(2, SUPPRESSED), TinyModel.END, limit).run(dialogues, images, new int[] {0, 1, 2, 3, 4}, 1, 1);
        assertThat(episodes).allSatisfy(e -> assertThat(e.spans()).allSatisfy(span -> assertThat(span.length()).isBetween(1, limit)));
    }

    @Test
    void noDialoguesAndNoImages() {
        assertThat(run(Sampling.greedy(SUPPRESSED), List.of(), null, 0, 0)).isEmpty();
        Dialogue text = new Dialogue(0, new int[] {1, 5}, List.of(new int[] {6}));
        assertThat(run(Sampling.greedy(SUPPRESSED), List.of(text), null, 0, 0).getFirst().spans()).hasSize(2);
        assertThatThrownBy(() -> run(Sampling.greedy(SUPPRESSED), dialogues, null, 0, 0)).isInstanceOf(InputException.class)
                .hasMessageContaining("image tokens");
    }

    /** Dialogues 0, 2 and 3 ask about one picture; the others about pictures of their own. */
    @ParameterizedTest
    @MethodSource("samplings")
    void whatIsReadOnceForSeveralIsWhatEachWouldHaveRead(Sampling sampling) {
        int[] pictures = {7, 1, 7, 7, 2};
        Tensor shown = Ops.indexSelect(images, 0, Tensors.of(images.device(), new int[] {0, 1, 0, 0, 4}, 5));
        int[] beginning = TinyModel.tokens(new SplittableRandom(8), 20);
        List<Dialogue> longer = dialogues.stream().map(d -> new Dialogue(d.number(), joined(d.opening(), beginning, (int) d.number()), d.followUps())).toList();
        assertThat(SharedPrefix.of(longer, pictures, TinyModel.IMAGE)).singleElement().satisfies(prefix -> {
            assertThat(prefix.members()).containsExactly(0, 2, 3);
            assertThat(prefix.length()).isEqualTo(1 + model.config().imageFeatures() + beginning.length);
        });
        for (boolean packed : new boolean[] {false, true}) {
            Network network = packed ? new Network(model, adapter).packed() : new Network(model, adapter);
            RolloutEngine engine = new RolloutEngine(network.model(), network.adapter(), sampling, TinyModel.END, LIMIT);
            List<Episode> alone = engine.run(longer, shown, new int[] {0, 1, 2, 3, 4}, 3, 4);
            List<Episode> together = engine.run(longer, shown, pictures, 3, 4);
            for (int i = 0; i < alone.size(); i++) {
                assertThat(together.get(i).tokens()).isEqualTo(alone.get(i).tokens());
                float distance = packed && model.packs() ? 0 : 1e-4f; // libtorch's products of other shapes have other last bits
                assertThat(together.get(i).logprobs()).containsExactly(alone.get(i).logprobs(), org.assertj.core.data.Offset.offset(distance));
            }
        }
    }

    /** The picture, the common words, then an own one. */
    private int[] joined(int[] opening, int[] beginning, int own) {
        int picture = 1 + model.config().imageFeatures();
        int[] tokens = Arrays.copyOf(opening, picture + beginning.length + 1);
        System.arraycopy(beginning, 0, tokens, picture, beginning.length);
        tokens[tokens.length - 1] = 3 + own % 30;
        return tokens;
    }

    @Test
    void aConversationThatOutgrowsTheModelIsRefused() {
        Dialogue longOne = new Dialogue(0, TinyModel.tokens(new SplittableRandom(1), 125), List.of());
        var engine = new RolloutEngine(network().model(), network().adapter(), Sampling.greedy(Set.of(TinyModel.END)), TinyModel.END, 10);
        assertThatThrownBy(() -> engine.run(List.of(longOne), null, new int[1], 0, 0)).isInstanceOf(InputException.class).hasMessageContaining("128");
    }

    private List<Episode> run(Sampling sampling, List<Dialogue> of, Tensor features, long seed, long step) {
        Network network = network();
        return new RolloutEngine(network.model(), network.adapter(), sampling, TinyModel.END, LIMIT)
                .run(of, features, IntStream.range(0, of.size()).toArray(), seed, step);
    }

    /** What plays. */
    Network network() {
        return new Network(model, adapter);
    }

    private static void assertSame(Episode episode, Episode expected) {
        assertThat(episode.tokens()).isEqualTo(expected.tokens());
        assertThat(episode.answer()).isEqualTo(expected.answer());
        assertThat(episode.spans()).isEqualTo(expected.spans());
        assertThat(episode.logprobs()).containsExactly(expected.logprobs(), within(1e-5f));
    }
}
