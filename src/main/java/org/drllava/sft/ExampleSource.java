package org.drllava.sft;

/** Conversations by number; the same question may come in other words in another epoch. */
public interface ExampleSource {
    /** Conversations an epoch. */
    int size();

    /** Conversation {@code index} as epoch {@code epoch} words it; a pure function of both. */
    SftExample get(long epoch, int index);
}
