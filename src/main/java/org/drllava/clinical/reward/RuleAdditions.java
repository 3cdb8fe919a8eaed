package org.drllava.clinical.reward;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.RewardRule;
import org.drllava.common.InputException;

/** Asks a logic's further rules, and takes only a number for each answer. */
final class RuleAdditions {
    private RuleAdditions() {}

    static void add(List<RewardRule> rules, List<RewardRule.Turn> turns, Diagnosis truth, Amounts.Sheet[] sheets) {
        var readOnly = Collections.unmodifiableList(turns);
        for (int r = 0; r < rules.size(); r++) {
            var additions = checked(rules.get(r), readOnly, truth);
            for (int i = 0; i < sheets.length; i++) {
                sheets[i].add(r, additions[i]);
            }
        }
    }

    /** Throws {@link InputException} naming the rule. */
    static double[] checked(RewardRule rule, List<RewardRule.Turn> turns, Diagnosis truth) {
        var additions = rule.additions(turns, truth);
        if (additions == null || additions.length != turns.size() || !Arrays.stream(additions).allMatch(Double::isFinite)) {
            throw new InputException("the reward rule '" + rule.name() + "' must give a finite number for each of " + turns.size()
                    + " answers, and gave " + Arrays.toString(additions) + ".");
        }
        return additions;
    }
}
