package org.drllava.clinical.audit;

import java.util.List;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.RewardRule;

/** The reward of the source's ECG branch, whose pair of questions is no pair of neighbours. */
public final class SourceEcgReward implements RewardRule {
    private static final double COHERENT = 5 * 1.5;

    @Override
    public String name() {
        return "source-ecg";
    }

    @Override
    public double[] additions(List<Turn> turns, Diagnosis truth) {
        var additions = new double[turns.size()];
        for (int i = 0; i < additions.length; i++) {
            var turn = turns.get(i);
            additions[i] = !(turn.parsed() instanceof Parsed.Symbol) ? -1 : turn.questionId().equals("diagnosis") ? infarct(turn) : 0;
        }
        if (said(turns, "diagnosis", "stemi") && said(turns, "st_elevation", "yes") || said(turns, "diagnosis", "nstemi") && said(turns, "st_elevation", "no")) {
            additions[additions.length - 1] += COHERENT;
        }
        return additions;
    }

    private static double infarct(Turn turn) {
        return !turn.parsed().is(turn.expected()) ? -1 : turn.expected().equals("none") ? 0 : 2;
    }

    private static boolean said(List<Turn> turns, String question, String symbol) {
        return turns.stream().anyMatch(turn -> turn.questionId().equals(question) && turn.parsed().is(symbol));
    }
}
