package org.drllava.clinical.reward;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Parsed;

/** Which diagnoses' paths an answer lies on, looked up once so that a reward only intersects sets. */
final class Paths {
    private static final BitSet NONE = new BitSet();

    private final List<Map<String, BitSet>> bySymbol = new ArrayList<>(); // a map a question, in natural order

    Paths(ClinicalLogic logic) {
        for (var question : logic.questions()) {
            var sets = new HashMap<String, BitSet>();
            for (int d = 0; d < logic.diagnoses().size(); d++) {
                sets.computeIfAbsent(logic.diagnoses().get(d).path().get(question.id()), _ -> new BitSet()).set(d);
            }
            bySymbol.add(sets);
        }
    }

    /** The paths that this symbol lies on, by the diagnoses' places; of an answer that is not understood, none. */
    BitSet of(int question, Parsed parsed) {
        return parsed instanceof Parsed.Symbol(var name, _) ? of(question, name) : NONE;
    }

    BitSet of(int question, String symbol) {
        return bySymbol.get(question).getOrDefault(symbol, NONE);
    }

    /** Whether one path goes through all these answers, of which there must be at least one. */
    static boolean meet(BitSet[] answers) {
        if (answers.length == 0) {
            return false;
        }
        var common = (BitSet) answers[0].clone();
        for (int i = 1; i < answers.length && !common.isEmpty(); i++) {
            common.and(answers[i]);
        }
        return !common.isEmpty();
    }
}
