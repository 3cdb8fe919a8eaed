package org.drllava.clinical.paraphrase;

import java.util.Optional;

/**
 * What the wordings of one list say.
 *
 * @param question id of the question
 * @param symbol   the answer to it that they give; empty where they ask the question itself
 */
public record Meaning(String question, Optional<String> symbol) {
    /** {@code quality} or {@code quality: adequate}, for messages. */
    @Override
    public String toString() {
        return symbol.map(name -> question + ": " + name).orElse(question);
    }
}
