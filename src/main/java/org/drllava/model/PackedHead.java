package org.drllava.model;

import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.PackedWeight;
import org.drllava.tensor.Products;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Vocabulary;

/**
 * The layer from hidden states to the vocabulary on the project's own kernels. Scoring and sampling give a token the same bits.
 *
 * @param back for gradients, else null
 */
record PackedHead(PackedWeight there, PackedWeight back) {
    /** It belongs to the innermost scope. */
    static PackedHead of(Text config, Weights weights, DType precision, boolean trained) {
        String name = config.tiedEmbeddings() ? "language_model.embed_tokens.weight" : "lm_head.weight";
        Tensor head = weights.get(name);
        PackedHead packed = new PackedHead(PackedWeight.of(head, precision), trained ? PackedWeight.transposed(head, precision) : null);
        if (!config.tiedEmbeddings()) {
            weights.rest(name);
        }
        return packed;
    }

    /** @param states float32 [rows, hidden]; @return float32 [rows, vocabulary] */
    Tensor logits(Tensor states) {
        return Products.linear(Ops.contiguous(states), there, null);
    }

    /** @param logits [rows, vocabulary], to fill; @param states [rows, hidden] */
    void logits(Columns logits, Columns states) {
        Products.linear(logits, states, there, null, 1);
    }

    /** @param states float32 [n, hidden] that predict the answers */
    TokenScores scores(Tensor states, AnswerRows answers, double temperature) {
        return scores(states, null, answers, temperature);
    }

    /** As {@link #scores(Tensor, AnswerRows, double)}. @param gradients [n, hidden], to fill with d logprob / d state; or null */
    TokenScores scores(Tensor states, Tensor gradients, AnswerRows answers, double temperature) {
        try (Autograd.Guard off = Autograd.off()) {
            TokenScores scores = new TokenScores(empty(states, answers), empty(states, answers));
            Vocabulary.logprobs(scores.logprobs(), scores.entropies(), gradients == null ? null : Columns.of(gradients),
                    Columns.of(Ops.contiguous(states)), Tensors.of(states.device(), answers.targets(), answers.count()),
                    new Vocabulary.Head(there, back, temperature));
            return scores;
        }
    }

    private static Tensor empty(Tensor states, AnswerRows answers) {
        return Tensors.empty(states.device(), DType.FLOAT32, answers.count());
    }
}
