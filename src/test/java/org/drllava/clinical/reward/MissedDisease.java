package org.drllava.clinical.reward;

import java.util.List;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.RewardRule;

/** A disease that is taken for health costs more than a false alarm: an example of a rule that no logic file can say. */
public final class MissedDisease implements RewardRule {
    @Override
    public String name() {
        return "missed-disease";
    }

    @Override
    public double[] additions(List<Turn> turns, Diagnosis truth) {
        return turns.stream().mapToDouble(turn -> turn.questionId().equals("diagnosis") && turn.parsed().is("normal")
                && !turn.expected().equals("normal") ? -2 : 0).toArray();
    }
}
