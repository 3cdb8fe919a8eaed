package org.drllava.model;

import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.DType;
import org.drllava.tensor.Tensor;

/** A LLaMA decoder: on libtorch's operators, which autograd can record, or packed for the project's own kernels. */
sealed interface Decoder permits Llama, PackedLlama {
    Text config();

    DType dtype();

    /** @param ids int64 [rows]; @return [rows, hidden] */
    Tensor embed(Tensor ids);

    /**
     * @param hidden  [rows, hidden] embeddings
     * @param plan    positions and who attends to whom, for these rows
     * @param adapter on all blocks, or null for the base alone
     * @return [rows, hidden] after the final norm
     */
    Tensor forward(Tensor hidden, AttentionPlan plan, LoraAdapter adapter);

    /**
     * As {@link #forward}, for the rows chosen alone.
     *
     * @return [n, hidden] after the final norm
     */
    Tensor forward(Tensor hidden, AttentionPlan.Causal plan, LoraAdapter adapter, ChosenRows chosen);

    /** Scores over the vocabulary in float32. @param hidden [rows, hidden] from {@link #forward}; @return [rows, vocabulary] */
    Tensor logits(Tensor hidden);
}
