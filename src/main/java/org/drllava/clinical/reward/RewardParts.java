package org.drllava.clinical.reward;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The reward of a conversation: its turns in the order asked, and their sums. */
public record RewardParts(List<TurnReward> turns) {
    public double correctness() {
        return sum(TurnReward::correctness);
    }

    public double consistency() {
        return sum(TurnReward::consistency);
    }

    public double noMatch() {
        return sum(TurnReward::noMatch);
    }

    public double length() {
        return sum(TurnReward::length);
    }

    public double unfinished() {
        return sum(TurnReward::unfinished);
    }

    /** The sum of {@link #perTurn()}, in that order. */
    public double total() {
        return sum(TurnReward::total);
    }

    /** What each answer's last token receives. */
    public double[] perTurn() {
        return turns.stream().mapToDouble(TurnReward::total).toArray();
    }

    // DoubleStream.sum compensates, and so would differ in the last bit from adding up perTurn().
    private double sum(ToDoubleFunction<TurnReward> part) {
        double sum = 0;
        for (var turn : turns) {
            sum += part.applyAsDouble(turn);
        }
        return sum;
    }
}
