package org.drllava.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
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
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class TokenScoresTest {
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(2, 4);

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

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.7, 2})
    void logprobsAndEntropiesAreThoseOfTheWholeDistribution(double temperature) {
        SplittableRandom random = new SplittableRandom(2);
        TokenBatch batch = TokenBatch.of(List.of(TinyModel.tokens(random, 6), TinyModel.tokens(random, 3)));
        Tensor hidden = model.hidden(batch, null, null);
        AnswerRows answers = AnswerRows.of(batch, List.of(new boolean[] {false, false, true, true, false, true}, new boolean[] {false, true, true}));
        TokenScores scores = TokenScores.of(model, TokenScores.rows(model, hidden, answers), answers, temperature);
        float[] logprobs = scores.logprobs().toFloats();
        float[] entropies = scores.entropies().toFloats();
        float[] logits = model.logits(hidden).toFloats();
        assertThat(logprobs).hasSize(answers.count());
        for (int i = 0; i < answers.count(); i++) {
            int start = answers.rows()[i] * TinyModel.VOCABULARY;
            double total = 0;
            for (int token = 0; token < TinyModel.VOCABULARY; token++) {
                total += Math.exp(logits[start + token] / temperature);
            }
            double entropy = 0;
            for (int token = 0; token < TinyModel.VOCABULARY; token++) {
                double logprob = logits[start + token] / temperature - Math.log(total);
                entropy -= Math.exp(logprob) * logprob;
            }
            assertThat((double) logprobs[i]).isEqualTo(logits[start + answers.targets()[i]] / temperature - Math.log(total), within(1e-5));
            assertThat((double) entropies[i]).isEqualTo(entropy, within(1e-5));
        }
        assertThat(TokenScores.logprobs(model, TokenScores.rows(model, hidden, answers), answers, temperature).toFloats()).isEqualTo(logprobs);
    }

    @Test
    void withoutAnswersThereIsNothingToLearn() {
        ParameterArena arena = TinyModel.adapter(model.config(), LORA, 1);
        var leaves = arena.leaves();
        TokenBatch batch = TokenBatch.of(List.of(new int[] {1, 5, 6}));
        AnswerRows none = AnswerRows.of(batch, List.of(new boolean[3]));
        Tensor loss = Ops.sum(TokenScores.logprobs(model, model.answerStates(batch, null, LoraAdapter.of(leaves.byName(), 2), none), none, 1));
        assertThat(loss.item()).isZero();
        leaves.backward(loss);
        assertThat(leaves.gradient().toFloats()).containsOnly(0);
    }
}
