package org.drllava.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.drllava.model.AnswerRows;
import org.drllava.model.LlavaModel;
import org.drllava.model.LoraAdapter;
import org.drllava.model.TinyModel;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenScores;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.LeakCheck;
import org.drllava.tensor.Loss;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class SftLossTest {
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(2, 4);
    private static final int[] SEQUENCE = {1, 7, 8, 9, 10, 2};
    private static final boolean[] LEARN = {false, false, false, true, true, true};

    private TensorScope scope;
    private LlavaModel model;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        model = TinyModel.of(TinyModel.CONFIG, 1);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Row by row from all logits: the token at t is scored at t - 1. */
    @Test
    void theLossIsTheMeanOfTheAnswersNegativeLogProbabilities() {
        TokenBatch batch = TokenBatch.of(List.of(SEQUENCE, new int[] {1, 20, 21}));
        Tensor hidden = model.hidden(batch, null, null);
        AnswerRows rows = AnswerRows.of(batch, List.of(LEARN, new boolean[] {false, false, true}));
        float[] all = Ops.logSoftmax(model.logits(hidden)).toFloats();
        double expected = 0;
        for (int[] placeAndToken : new int[][] {{2, 9}, {3, 10}, {4, 2}, {7, 21}}) {
            expected -= all[placeAndToken[0] * TinyModel.VOCABULARY + placeAndToken[1]];
        }
        Tensor logprobs = TokenScores.logprobs(model, TokenScores.rows(model, hidden, rows), rows, 1);
        assertThat(SftLoss.of(logprobs, 4).value()).isEqualTo(expected / 4, within(1e-5));
        assertThat(SftLoss.of(logprobs, 40).value()).as("a unit's part of a step of 40").isEqualTo(expected / 40, within(1e-6));
    }

    @Test
    void lossesAndGradientsOfUnitsAddUpToThoseOfTheStep() {
        ParameterArena arena = TinyModel.adapter(model.config(), LORA, 3);
        SplittableRandom random = new SplittableRandom(5);
        List<int[]> sequences = List.of(SEQUENCE, TinyModel.tokens(random, 6), TinyModel.tokens(random, 6));
        var whole = arena.leaves();
        double loss = backward(whole, sequences, 9);
        var parts = arena.leaves();
        double sum = backward(parts, sequences.subList(0, 1), 9) + backward(parts, sequences.subList(1, 3), 9);
        assertThat(sum).isEqualTo(loss, within(1e-5));
        float[] expected = whole.gradient().toFloats();
        float[] gradient = parts.gradient().toFloats();
        for (int i = 0; i < expected.length; i++) {
            assertThat(gradient[i]).isEqualTo(expected[i], within(1e-5f));
        }
    }

    private double backward(ParameterArena.Leaves leaves, List<int[]> sequences, long total) {
        TokenBatch batch = TokenBatch.of(sequences);
        AnswerRows rows = AnswerRows.of(batch, sequences.stream().map(_ -> LEARN).toList());
        Tensor states = model.answerStates(batch, null, LoraAdapter.of(leaves.byName(), LORA.scale()), rows);
        Loss loss = SftLoss.of(TokenScores.logprobs(model, states, rows, 1), total);
        leaves.backward(loss, null);
        return loss.value();
    }

    /** After twenty steps on one answer the model says it, token by token; with shifted labels it would say something else. */
    @Test
    void whatIsLearnedIsTheAnswer() {
        ParameterArena arena = TinyModel.adapter(model.config(), LORA, 3);
        AdamW optimizer = new AdamW(arena.values(), AdamW.Settings.DEFAULT);
        var leaves = arena.leaves();
        assertThat(likeliestNext(leaves)).doesNotContain(9, 10, 2);
        for (int step = 0; step < 20; step++) {
            try (TensorScope each = TensorScope.open()) {
                Tensors.zero(leaves.gradient());
                backward(leaves, List.of(SEQUENCE), 3);
                optimizer.step(leaves.gradient(), 0.02, 1);
            }
        }
        long[] next = likeliestNext(leaves);
        assertThat(Arrays.copyOfRange(next, 2, 5)).containsExactly(9, 10, 2);
        assertThat(Arrays.copyOfRange(next, 0, 2)).as("the question was not learned").doesNotContain(7, 8);
    }

    /** For each place of the sequence the token that the model would say next. */
    private long[] likeliestNext(ParameterArena.Leaves leaves) {
        try (TensorScope each = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            LoraAdapter adapter = LoraAdapter.of(leaves.byName(), LORA.scale());
            return Ops.argmax(model.logits(model.hidden(TokenBatch.of(List.of(SEQUENCE)), null, adapter))).toLongs();
        }
    }
}
