package org.drllava.evaluate;

import java.util.List;
import java.util.Objects;

/**
 * A whole conversation about one picture, in the order it was held.
 *
 * @param patient whose picture it is; conversations of one patient are not independent and are resampled together
 * @param label   name of the allowed path that is true for the picture
 * @param turns   at least one
 */
public record AnsweredConversation(String id, String patient, String label, List<AnsweredTurn> turns) {

    public AnsweredConversation {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(patient, "patient");
        Objects.requireNonNull(label, "label");
        turns = List.copyOf(turns);
        if (turns.isEmpty()) {
            throw new IllegalArgumentException("conversation " + id + " has no answers to score");
        }
    }

    /** Whether every answer is right. */
    public boolean right() {
        return turns.stream().allMatch(AnsweredTurn::right);
    }
}
