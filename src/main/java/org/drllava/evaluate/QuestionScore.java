package org.drllava.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How one question was answered.
 *
 * @param question  its id
 * @param answers   how often it was asked
 * @param accuracy  right answers among all
 * @param majority  accuracy of always giving the most frequent truth
 * @param noMatch   share of answers that say nothing the logic knows
 * @param conflict  share of answers that say two things
 * @param confusion what was read, by true symbol
 */
public record QuestionScore(
        String question, int answers, Estimate accuracy, Estimate macroF1, Estimate balancedAccuracy, Estimate majority,
        Estimate noMatch, Estimate conflict, Confusion confusion) {

    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("answers", answers);
        json.put("accuracy", accuracy.toJson());
        json.put("macro_f1", macroF1.toJson());
        json.put("balanced_accuracy", balancedAccuracy.toJson());
        json.put("majority", majority.toJson());
        json.put("no_match", noMatch.toJson());
        json.put("conflict", conflict.toJson());
        json.put("confusion", confusion.toJson());
        return json;
    }
}
