package org.drllava.clinical.paraphrase;

import java.util.List;

/** What became of a rephrasing that was asked for. */
public sealed interface Outcome {
    Rephrasing rephrasing();

    /** @param texts  what the model proposed, unchecked
     *  @param cached whether an earlier run had paid for it */
    record Proposed(Rephrasing rephrasing, List<String> texts, boolean cached) implements Outcome {}

    /** @param reason in a few words */
    record Failed(Rephrasing rephrasing, String reason) implements Outcome {}
}
