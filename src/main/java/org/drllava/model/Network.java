package org.drllava.model;

/** A model and the adapter it runs with. @param adapter null for the base alone, and where the weights hold it already */
public record Network(LlavaModel model, LoraAdapter adapter) {
    /**
     * An adapter is added to the weights before a pass up to this many times its rank of width. There the sum costs next to
     * nothing, while the adapter's own products, too narrow to be fast, would cost half as much as the layers they adapt.
     */
    private static final int MERGED_WIDTH_PER_RANK = 16;

    public static Network base(LlavaModel model) {
        return new Network(model, null);
    }

    /**
     * {@code base} with an adapter, in whichever of the two ways is faster for these sizes; gradients flow to the adapter in
     * both. Merged weights belong to the innermost scope.
     */
    public static Network adapted(LlavaModel base, LoraAdapter adapter) {
        boolean narrow = base.config().text().hiddenSize() <= MERGED_WIDTH_PER_RANK * adapter.rank();
        return narrow ? base(base.withWeights(adapter.mergedWith(base.weights()))) : new Network(base, adapter);
    }

    /**
     * The same network for passes that are not recorded, on the project's own kernels where they can be had. Worth its copy of
     * the weights when many passes follow. It belongs to the innermost scope.
     */
    public Network packed() {
        return model.packs() ? base(model.packed(adapter)) : this;
    }
}
