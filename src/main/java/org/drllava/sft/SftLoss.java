package org.drllava.sft;

import org.drllava.model.AnswerRows;
import org.drllava.model.LlavaModel;
import org.drllava.model.TokenScores;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;

/** Next-token loss on answers only. */
public final class SftLoss {
    private SftLoss() {}

    /**
     * {@code -Σ log p(answer token) / total}: with {@code total} the answer tokens of a whole step, the losses of its units
     * add up to the step's mean.
     *
     * @param states [n, hidden] that predict the answers, from {@link LlavaModel#answerStates}
     */
    public static Tensor of(LlavaModel model, Tensor states, AnswerRows answers, long total) {
        return Ops.multiply(Ops.sum(TokenScores.logprobs(model, states, answers, 1)), -1.0 / total);
    }
}
