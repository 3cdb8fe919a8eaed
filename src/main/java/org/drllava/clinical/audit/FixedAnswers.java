package org.drllava.clinical.audit;

import java.util.List;
import java.util.stream.Collectors;
import org.drllava.clinical.logic.Parsed;

/**
 * The same answers to every image.
 *
 * @param answers to the questions in natural order
 * @param reward  mean over the labels
 */
public record FixedAnswers(List<Parsed> answers, double reward) {
    /** The answers' symbols, {@code no_match} and {@code conflict}, separated by commas. */
    @Override
    public String toString() {
        return answers.stream().map(FixedAnswers::name).collect(Collectors.joining(", "));
    }

    static String name(Parsed answer) {
        return switch (answer) {
            case Parsed.Symbol(var name, _) -> name;
            case Parsed.NoMatch _ -> "no_match";
            case Parsed.Conflict _ -> "conflict";
        };
    }
}
