package org.drllava.model;

import org.drllava.tensor.Autograd;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/**
 * What a model thinks of answer tokens, in float32.
 *
 * @param logprobs  [n], log softmax(logits / temperature) at the tokens themselves
 * @param entropies [n], of the whole distribution at each token's place; not recorded for a backward pass
 */
public record TokenScores(Tensor logprobs, Tensor entropies) {
    /** @param states [n, hidden] that predict the answers, from {@link LlavaModel#answerStates} */
    public static TokenScores of(LlavaModel model, Tensor states, AnswerRows answers, double temperature) {
        if (model.packedHead() != null) {
            return model.packedHead().scores(states, answers, temperature);
        }
        Tensor distribution = distribution(model, states, temperature);
        Tensor logprobs = pick(model.device(), distribution, answers);
        try (var off = Autograd.off()) {
            Tensor plain = Ops.detach(distribution);
            return new TokenScores(logprobs, Ops.negate(Ops.sumLast(Ops.multiply(Ops.exp(plain), plain))));
        }
    }

    /** {@link #logprobs} alone. */
    public static Tensor logprobs(LlavaModel model, Tensor states, AnswerRows answers, double temperature) {
        if (model.packedHead() != null) {
            return model.packedHead().scores(states, answers, temperature).logprobs();
        }
        return pick(model.device(), distribution(model, states, temperature), answers);
    }

    /** The answers' states out of all: [n, hidden]. @param hidden [batch * time, hidden] from {@link LlavaModel#hidden} */
    public static Tensor rows(LlavaModel model, Tensor hidden, AnswerRows answers) {
        return Ops.indexSelect(hidden, 0, Tensors.of(model.device(), answers.rows(), answers.count()));
    }

    private static Tensor distribution(LlavaModel model, Tensor states, double temperature) {
        Tensor logits = model.logits(states);
        return Ops.logSoftmax(temperature == 1 ? logits : Ops.multiply(logits, 1 / temperature));
    }

    private static Tensor pick(Device device, Tensor distribution, AnswerRows answers) {
        Tensor targets = Tensors.of(device, answers.targets(), answers.count(), 1);
        return Ops.view(Ops.gatherLast(distribution, targets), answers.count());
    }
}
