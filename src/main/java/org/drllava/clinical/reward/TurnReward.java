package org.drllava.clinical.reward;

import org.drllava.clinical.logic.Parsed;

/**
 * What one answer earned. The sum is the reward of the answer's last token.
 *
 * @param expected the symbol that the label demands
 * @param amounts  part by part; consistency is that of the pairs that this answer completes, and an admissible path is paid with
 *                 the conversation's last answer
 */
public record TurnReward(String questionId, String expected, Parsed parsed, Amounts amounts) {
    public double of(Part part) {
        return amounts.of(part);
    }

    public double total() {
        return amounts.total();
    }
}
