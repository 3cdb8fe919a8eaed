package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The slow reference: every metric counted from the conversations in loops, nothing precomputed, nothing shared with the code. */
final class Recount {
    private Recount() {}

    static Map<Metric, Double> of(List<AnsweredConversation> conversations) {
        double answers = 0, right = 0, whole = 0, diagnoses = 0, rightDiagnoses = 0, shares = 0, withPairs = 0;
        for (var conversation : conversations) {
            boolean all = true;
            var byQuestion = new String[3];
            var asked = new boolean[3];
            for (var turn : conversation.turns()) {
                boolean ok = turn.parsedSymbol() != null && turn.parsedSymbol().equals(turn.expectedSymbol());
                answers++;
                right += ok ? 1 : 0;
                all &= ok;
                int q = Conversations.QUESTIONS.indexOf(turn.questionId());
                asked[q] = true;
                byQuestion[q] = turn.parsedSymbol();
                if (q == 2) {
                    diagnoses++;
                    rightDiagnoses += ok ? 1 : 0;
                }
            }
            whole += all ? 1 : 0;
            double pairs = 0, good = 0;
            for (int[] pair : asked[1] ? new int[][] {{0, 1}, {1, 2}} : new int[][] {{0, 2}}) {
                if (asked[pair[0]] && asked[pair[1]]) {
                    pairs++;
                    for (var path : Conversations.PATHS.values()) {
                        if (path.get(pair[0]).equals(byQuestion[pair[0]]) && path.get(pair[1]).equals(byQuestion[pair[1]])) {
                            good++;
                            break;
                        }
                    }
                }
            }
            if (pairs > 0) {
                withPairs++;
                shares += good / pairs;
            }
        }
        var metrics = new EnumMap<Metric, Double>(Metric.class);
        metrics.put(Metric.QUESTION_ACCURACY, right / answers);
        metrics.put(Metric.CONVERSATION_ACCURACY, whole / conversations.size());
        metrics.put(Metric.DIAGNOSIS_ACCURACY, rightDiagnoses / diagnoses);
        metrics.put(Metric.CONSISTENCY, shares / withPairs);
        return metrics;
    }

    /** Mean over questions of the mean F1 over the symbols that are true: each counted from its definition. */
    static double macroF1(List<AnsweredConversation> conversations) {
        double questions = 0, sum = 0;
        for (var question : Conversations.QUESTIONS) {
            double classes = 0, f1 = 0;
            for (var symbol : List.of("adequate", "blood", "none", "myeloblasts", "inadequate", "normal", "AML")) {
                double given = 0, truth = 0, both = 0;
                for (var conversation : conversations) {
                    for (var turn : conversation.turns()) {
                        if (turn.questionId().equals(question)) {
                            boolean isGiven = symbol.equals(turn.parsedSymbol());
                            boolean isTrue = symbol.equals(turn.expectedSymbol());
                            given += isGiven ? 1 : 0;
                            truth += isTrue ? 1 : 0;
                            both += isGiven && isTrue ? 1 : 0;
                        }
                    }
                }
                if (truth > 0) {
                    double precision = given == 0 ? 0 : both / given;
                    double recall = both / truth;
                    classes++;
                    f1 += both == 0 ? 0 : 2 * precision * recall / (precision + recall);
                }
            }
            if (classes > 0) {
                questions++;
                sum += f1 / classes;
            }
        }
        return sum / questions;
    }

    static double[] limits(List<AnsweredConversation> conversations, Metric metric, int resamples, Random random) {
        var patients = conversations.stream().map(AnsweredConversation::patient).distinct().toList();
        var values = new double[resamples];
        for (int i = 0; i < resamples; i++) {
            var drawn = new ArrayList<AnsweredConversation>();
            for (int p = 0; p < patients.size(); p++) {
                var patient = patients.get(random.nextInt(patients.size()));
                conversations.stream().filter(c -> c.patient().equals(patient)).forEach(drawn::add);
            }
            values[i] = of(drawn).get(metric);
        }
        Arrays.sort(values);
        return new double[] {values[(int) (0.025 * resamples)], values[(int) (0.975 * resamples)]};
    }
}
