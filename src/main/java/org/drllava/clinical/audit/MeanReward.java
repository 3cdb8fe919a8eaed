package org.drllava.clinical.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.logic.RewardRule.Turn;
import org.drllava.clinical.reward.Reward;

/**
 * Mean rewards over label frequencies, of answers that are brief and finished.
 *
 * @param frequencies of the true diagnoses; they sum to 1
 */
record MeanReward(ClinicalLogic logic, SequencedMap<Diagnosis, Double> frequencies, Reward reward) {
    /** @param labels label or diagnosis to number of images, at least one */
    static SequencedMap<Diagnosis, Double> frequencies(ClinicalLogic logic, Map<String, Integer> labels) {
        var frequencies = new TreeMap<Diagnosis, Double>(Comparator.comparing(Diagnosis::name));
        double all = labels.values().stream().mapToDouble(n -> n).sum();
        labels.forEach((label, n) -> frequencies.merge(logic.diagnosis(label), n / all, Double::sum));
        return frequencies;
    }

    /** Of the same answers to every image, to the questions from {@code first} on in natural order. */
    double of(int first, List<Parsed> answers) {
        double mean = 0;
        for (var each : frequencies.entrySet()) {
            mean += each.getValue() * reward(first, answers, each.getKey());
        }
        return mean;
    }

    /** Of each image's true answers. */
    double honest() {
        double mean = 0;
        for (var each : frequencies.entrySet()) {
            mean += each.getValue() * reward(0, path(logic, each.getKey()), each.getKey());
        }
        return mean;
    }

    /** The answers of a diagnosis's path, to all questions. */
    static List<Parsed> path(ClinicalLogic logic, Diagnosis diagnosis) {
        return logic.questions().stream().map(question -> (Parsed) new Parsed.Symbol(diagnosis.path().get(question.id()), List.of())).toList();
    }

    private double reward(int first, List<Parsed> answers, Diagnosis truth) {
        var turns = new ArrayList<Turn>(answers.size());
        for (int i = 0; i < answers.size(); i++) {
            var question = logic.questions().get(first + i);
            turns.add(new Turn(question.id(), text(question, answers.get(i)), true, answers.get(i), truth.path().get(question.id())));
        }
        return reward.judge(turns, truth).total();
    }

    private static String text(Question question, Parsed answer) {
        return answer instanceof Parsed.Symbol(var name, _) ? question.symbol(name).answers().train().getFirst() : "";
    }
}
