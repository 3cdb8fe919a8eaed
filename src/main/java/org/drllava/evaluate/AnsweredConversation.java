package org.drllava.evaluate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A whole conversation about one picture, in the order it was held.
 *
 * @param image     path of the picture
 * @param patient   whose picture it is; conversations of one patient are not independent and are resampled together
 * @param label     name of the allowed path that is true for the picture
 * @param scenario  how the conversation was made, if known
 * @param turns     at least one
 * @param diagnoses probability of each diagnosis symbol, as the model sees it after its earlier answers; empty where it was not
 *                  asked for
 */
public record AnsweredConversation(
        String id, String image, String patient, String label, Optional<String> scenario, List<AnsweredTurn> turns,
        Map<String, Double> diagnoses) {

    public AnsweredConversation {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(patient, "patient");
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(scenario, "scenario");
        turns = List.copyOf(turns);
        diagnoses = Collections.unmodifiableMap(new LinkedHashMap<>(diagnoses));
        if (turns.isEmpty()) {
            throw new IllegalArgumentException("conversation " + id + " has no answers to score");
        }
    }

    /** Whether every answer is right. */
    public boolean right() {
        return turns.stream().allMatch(AnsweredTurn::right);
    }

    /** The turn that asks this question, if one does. */
    public Optional<AnsweredTurn> turn(String questionId) {
        return turns.stream().filter(turn -> turn.questionId().equals(questionId)).findFirst();
    }
}
