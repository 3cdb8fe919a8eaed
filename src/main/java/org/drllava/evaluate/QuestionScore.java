package org.drllava.evaluate;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * How one question was answered.
 *
 * @param question         its id
 * @param answers          how often it was asked
 * @param unreadable       answers from which no symbol could be read
 * @param accuracy         right answers among all
 * @param macroF1          F1 = 2 TP / (2 TP + FP + FN), averaged over the symbols that occur as truth; an unreadable answer is
 *                         a miss (FN) of the true symbol and a false alarm of none
 * @param majorityBaseline accuracy of always giving the most frequent truth: what a model scores that never looks at the picture
 */
public record QuestionScore(
        String question, int answers, int unreadable, Estimate accuracy, double macroF1, double majorityBaseline) {

    static QuestionScore of(String question, List<AnsweredTurn> turns, Estimate accuracy) {
        var truths = new HashMap<String, Integer>();
        turns.forEach(turn -> truths.merge(turn.expectedSymbol(), 1, Integer::sum));
        double f1 = new TreeSet<>(truths.keySet()).stream()
                .mapToDouble(symbol -> f1(symbol, turns))
                .average().orElse(Double.NaN);
        int mostFrequent = truths.values().stream().max(Integer::compare).orElse(0);
        int unreadable = (int) turns.stream().filter(turn -> turn.parsedSymbol() == null).count();
        return new QuestionScore(
                question, turns.size(), unreadable, accuracy, f1, (double) mostFrequent / turns.size());
    }

    /** Truth occurs at least once, so the denominator is never 0: that one is a TP or an FN. */
    private static double f1(String symbol, List<AnsweredTurn> turns) {
        int hits = 0;
        int mistakes = 0;
        for (var turn : turns) {
            boolean expected = symbol.equals(turn.expectedSymbol());
            boolean given = symbol.equals(turn.parsedSymbol());
            if (expected && given) {
                hits++;
            } else if (expected || given) {
                mistakes++;
            }
        }
        return 2.0 * hits / (2.0 * hits + mistakes);
    }

    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("answers", answers);
        json.put("unreadable", unreadable);
        json.put("accuracy", accuracy.toJson());
        json.put("macro_f1", macroF1);
        json.put("majority_baseline", majorityBaseline);
        return json;
    }
}
