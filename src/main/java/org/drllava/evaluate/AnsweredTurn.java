package org.drllava.evaluate;

import java.util.Objects;
import java.util.Optional;
import org.drllava.clinical.logic.Parsed;

/**
 * One question of a conversation, what the model answered, and what the parser read from the answer.
 *
 * @param questionId     the question's name in the clinical logic
 * @param question       the question as it was asked
 * @param hint           the symbol that a hint before the question claims as its answer, right or wrong
 * @param answer         the model's words
 * @param expectedSymbol the symbol the truth has here, never null
 * @param parsed         what the answer says
 */
public record AnsweredTurn(
        String questionId, String question, Optional<String> hint, String answer, String expectedSymbol, Parsed parsed) {
    /** Stands for the symbol of an answer from which none could be read. */
    public static final String NO_MATCH = "no_match";

    /** Stands for the symbol of an answer that says two things. */
    public static final String CONFLICT = "conflict";

    public AnsweredTurn {
        Objects.requireNonNull(questionId, "questionId");
        Objects.requireNonNull(question, "question");
        Objects.requireNonNull(hint, "hint");
        Objects.requireNonNull(answer, "answer");
        Objects.requireNonNull(expectedSymbol, "expectedSymbol");
        Objects.requireNonNull(parsed, "parsed");
    }

    /** The symbol read from the answer; null when none matched or several contradicted each other. */
    public String parsedSymbol() {
        return parsed instanceof Parsed.Symbol(var name, _) ? name : null;
    }

    /** The symbol read from the answer, or {@link #NO_MATCH} or {@link #CONFLICT}: a column of a confusion matrix. */
    public String outcome() {
        return switch (parsed) {
            case Parsed.Symbol(var name, _) -> name;
            case Parsed.NoMatch _ -> NO_MATCH;
            case Parsed.Conflict _ -> CONFLICT;
        };
    }

    /** Whether the parsed symbol is the expected one. An unreadable answer never is. */
    public boolean right() {
        return parsed.is(expectedSymbol);
    }

    /** Whether a hint claims something that is not true. */
    boolean misled() {
        return hint.isPresent() && !hint.get().equals(expectedSymbol);
    }
}
