package org.drllava.evaluate;

import java.util.Objects;

/**
 * One question of a conversation, what the model answered, and what the parser read from the answer.
 *
 * @param questionId     the question's name in the clinical logic
 * @param question       the question as it was asked
 * @param answer         the model's words
 * @param expectedSymbol the symbol the truth has here, never null
 * @param parsedSymbol   the symbol read from the answer; null when none matched or several contradicted each other
 */
public record AnsweredTurn(
        String questionId, String question, String answer, String expectedSymbol, String parsedSymbol) {

    public AnsweredTurn {
        Objects.requireNonNull(questionId, "questionId");
        Objects.requireNonNull(question, "question");
        Objects.requireNonNull(answer, "answer");
        Objects.requireNonNull(expectedSymbol, "expectedSymbol");
    }

    /** Whether the parsed symbol is the expected one. An unreadable answer never is. */
    public boolean right() {
        return expectedSymbol.equals(parsedSymbol);
    }
}
