package org.drllava.sft;

import org.drllava.tensor.Loss;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;

/** Next-token loss on answers only. */
public final class SftLoss {
    private SftLoss() {}

    /**
     * {@code -Σ log p(answer token) / total}: with {@code total} the answer tokens of a whole step, the losses of its units
     * add up to the step's mean.
     *
     * @param logprobs [n], of the answer tokens
     */
    public static Loss of(Tensor logprobs, long total) {
        return Loss.recorded(Ops.multiply(Ops.sum(logprobs), -1.0 / total));
    }
}
