package org.drllava.clinical.conversation;

import java.util.Optional;

/**
 * One question of a logic, as it was asked, and its answer.
 *
 * @param question with the hint that leads it in, if there is one
 * @param hint     the symbol that a hint claims for this question. Where the hint speaks of an earlier question, it is the symbol
 *                 that follows from it: what whoever trusts the hint would answer
 */
public record Exchange(String questionId, String question, String answer, Optional<String> hint) {
    /** A question without a hint. */
    public Exchange(String questionId, String question, String answer) {
        this(questionId, question, answer, Optional.empty());
    }
}
