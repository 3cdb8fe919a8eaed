package org.drllava.model;

/** What a model keeps of sequences that grow turn by turn; {@link LlavaModel#newCache} makes one that fits the model. */
public sealed interface TokenCache permits KvCache, PackedCache {
    /** Tokens that row {@code row} holds. */
    int length(int row);

    /** Forgets what row {@code row} holds behind its first {@code length} tokens, to go on otherwise from there. */
    void rewind(int row, int length);
}
