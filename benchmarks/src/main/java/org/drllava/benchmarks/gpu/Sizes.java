package org.drllava.benchmarks.gpu;

/**
 * Of a model and a batch.
 *
 * @param rows      tokens that are read or trained on at once, in sequences of {@code context}
 * @param sequences that are decoded together, a token each
 * @param context   tokens of each sequence
 */
record Sizes(int hidden, int heads, int kvHeads, int head, int feedForward, int vocabulary, int rank, int rows, int sequences, int context) {
    /** LLaMA-7B's layers, eight conversations in training and sixteen in a rollout. */
    static final Sizes LARGE = new Sizes(4096, 32, 32, 128, 11008, 32000, 64, 8 * 325, 16, 325);

    /** For a test on a CPU. */
    static final Sizes SMALL = new Sizes(64, 4, 2, 16, 96, 130, 4, 2 * 9, 3, 9);
}
