package org.drllava.clinical.reward;

import org.drllava.clinical.logic.Parsed;

/**
 * What one answer earned, part by part; penalties are negative. The sum is the reward of the answer's last token.
 *
 * @param expected    the symbol that the label demands
 * @param consistency of the pairs that this answer completes
 */
public record TurnReward(String questionId, String expected, Parsed parsed, double correctness, double consistency, double noMatch,
                         double length, double unfinished) {
    public double total() {
        return correctness + consistency + noMatch + length + unfinished;
    }
}
