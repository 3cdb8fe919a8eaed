package org.drllava.model;

/** What a model keeps of sequences that grow turn by turn; {@link LlavaModel#newCache} makes one that fits the model. */
public sealed interface TokenCache permits KvCache, PackedCache {
    /** Tokens that row {@code row} holds. */
    int length(int row);

    /** Gives row {@code to} the first {@code length} tokens of row {@code from}, in the place of what it held. */
    void copy(int from, int to, int length);

    /** Forgets what row {@code row} holds behind its first {@code length} tokens, to go on otherwise from there. */
    void rewind(int row, int length);
}
