package org.drllava.evaluate;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the metrics need to know of the clinical logic.
 *
 * @param questions question ids in their natural order, from finding to diagnosis
 * @param diagnosis the id of the question that asks for the diagnosis
 * @param agreement which pairs of answers may stand side by side
 */
public record Questionnaire(List<String> questions, String diagnosis, Agreement agreement) {

    /** The usual id of the question that asks for the diagnosis. */
    public static final String DIAGNOSIS = "diagnosis";

    /** Says whether two symbols, each read from an answer to its question, occur together on some allowed path. */
    @FunctionalInterface
    public interface Agreement {
        boolean together(String firstQuestion, String firstSymbol, String secondQuestion, String secondSymbol);
    }

    public Questionnaire {
        questions = List.copyOf(questions);
        Objects.requireNonNull(diagnosis, "diagnosis");
        Objects.requireNonNull(agreement, "agreement");
        if (new HashSet<>(questions).size() != questions.size()) {
            throw new IllegalArgumentException("a question id occurs twice in " + questions);
        }
    }

    /**
     * A questionnaire whose agreement is read off the allowed paths.
     *
     * @param paths each a map from question id to symbol
     */
    public static Questionnaire ofPaths(List<String> questions, String diagnosis, List<Map<String, String>> paths) {
        var allowed = List.copyOf(paths);
        return new Questionnaire(questions, diagnosis, (firstQuestion, first, secondQuestion, second) -> allowed.stream()
                .anyMatch(path -> first.equals(path.get(firstQuestion)) && second.equals(path.get(secondQuestion))));
    }

    /** Place of a question in the natural order; throws IllegalArgumentException for a question it does not have. */
    int position(String question) {
        int position = questions.indexOf(question);
        if (position < 0) {
            throw new IllegalArgumentException("question \"" + question + "\" is none of " + questions);
        }
        return position;
    }
}
