package org.drllava.model;

import org.drllava.tensor.DType;

/** A model and the adapter it runs with. @param adapter null for the base alone, and where the weights hold it already */
public record Network(LlavaModel model, LoraAdapter adapter) {
    /**
     * An adapter is added to float32 weights before a pass up to this many times its rank of width. There the sum costs next to
     * nothing, while the adapter's own products, too narrow to be fast, would cost half as much as the layers they adapt.
     * bfloat16 weights would swallow what training changes.
     */
    private static final int MERGED_WIDTH_PER_RANK = 16;

    public static Network base(LlavaModel model) {
        return new Network(model, null);
    }

    /** Whether an adapter of this rank is added to the weights of {@code base}. */
    static boolean merges(LlavaModel base, int rank) {
        return base.dtype() == DType.FLOAT32 && base.config().text().hiddenSize() <= MERGED_WIDTH_PER_RANK * rank;
    }

    /**
     * {@code base} with an adapter, in whichever of the two ways is faster for these sizes; gradients flow to the adapter in
     * both. Merged weights belong to the innermost scope.
     */
    public static Network adapted(LlavaModel base, LoraAdapter adapter) {
        return merges(base, adapter.rank()) ? base(base.merged(adapter)) : new Network(base, adapter);
    }

    /**
     * The same network for passes that are not recorded, on the project's own kernels where they can be had. Worth its copy of
     * the weights when many passes follow. It belongs to the innermost scope.
     */
    public Network packed() {
        return model.packs() ? base(model.packed(adapter)) : this;
    }
}
