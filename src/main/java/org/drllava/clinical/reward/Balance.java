package org.drllava.clinical.reward;

import java.util.HashMap;
import java.util.Map;
import org.drllava.clinical.logic.ClinicalLogic;

/**
 * Factors on what a right symbol earns and a wrong one loses, by question and true symbol. Without them a symbol that is right for
 * most images pays for being said of all; with the inverse of its frequency every symbol of a question is worth the same over the
 * training set.
 */
public record Balance(Map<String, Map<String, Double>> factors) {
    public static final Balance NONE = new Balance(Map.of());

    /**
     * The inverse frequency of each true symbol, {@code N / (K n)} for n of N labels and K symbols that occur, so that the mean
     * over the labels is 1 at each question.
     *
     * @param counts label or diagnosis to number of training images
     */
    public static Balance of(ClinicalLogic logic, Map<String, Integer> counts) {
        var factors = new HashMap<String, Map<String, Double>>();
        for (var question : logic.questions()) {
            var perSymbol = new HashMap<String, Double>();
            counts.forEach((label, n) -> {
                if (n > 0) {
                    perSymbol.merge(logic.diagnosis(label).path().get(question.id()), (double) n, Double::sum);
                }
            });
            double all = perSymbol.values().stream().mapToDouble(n -> n).sum();
            int kinds = perSymbol.size();
            perSymbol.replaceAll((_, n) -> all / (kinds * n));
            factors.put(question.id(), perSymbol);
        }
        return new Balance(factors);
    }

    /** 1 for a symbol that was not counted. */
    double factor(String questionId, String symbol) {
        return factors.getOrDefault(questionId, Map.of()).getOrDefault(symbol, 1.);
    }
}
