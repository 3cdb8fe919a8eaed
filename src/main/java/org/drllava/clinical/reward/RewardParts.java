package org.drllava.clinical.reward;

import java.util.List;

/** The reward of a conversation: its turns in the order asked, and their sums. */
public record RewardParts(List<TurnReward> turns) {
    /** The turns' sums, part by part. */
    public Amounts sums() {
        return Amounts.sum(turns.stream().map(TurnReward::amounts).toList());
    }

    public double of(Part part) {
        return sums().of(part);
    }

    /** The sum of {@link #perTurn()}, in that order. */
    public double total() {
        // DoubleStream.sum compensates, and so would differ in the last bit from adding up perTurn().
        double total = 0;
        for (var turn : turns) {
            total += turn.total();
        }
        return total;
    }

    /** What each answer's last token receives. */
    public double[] perTurn() {
        return turns.stream().mapToDouble(TurnReward::total).toArray();
    }
}
