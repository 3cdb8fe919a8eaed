package org.drllava.evaluate;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that is counted in a list of conversations, by patient.
 *
 * @param patients  patient to index, in the order of their names, so that the order of the conversations changes nothing
 * @param questions a tally a question that was asked, in natural order
 */
record Tallies(Map<String, Integer> patients, Map<Metric, Tally> metrics, Map<String, Tally> questions) {

    static Tallies of(List<AnsweredConversation> conversations, Questionnaire questionnaire) {
        if (conversations.isEmpty()) {
            throw new IllegalArgumentException("there are no conversations to score");
        }
        var patients = new TreeMap<String, Integer>();
        conversations.forEach(conversation -> patients.put(conversation.patient(), 0));
        int next = 0;
        for (var entry : patients.entrySet()) {
            entry.setValue(next++);
        }
        var metrics = new EnumMap<Metric, Tally>(Metric.class);
        for (var metric : Metric.values()) {
            metrics.put(metric, new Tally(patients.size()));
        }
        // The order also refuses questions that the questionnaire does not have.
        var questions = new TreeMap<String, Tally>(Comparator.comparingInt(questionnaire::position));
        var tallies = new Tallies(patients, metrics, questions);
        conversations.forEach(conversation -> tallies.add(conversation, questionnaire));
        return tallies;
    }

    private void add(AnsweredConversation conversation, Questionnaire questionnaire) {
        int patient = patients.get(conversation.patient());
        var inOrder = conversation.turns().stream()
                .sorted(Comparator.comparingInt(turn -> questionnaire.position(turn.questionId())))
                .toList();
        for (var turn : inOrder) {
            metrics.get(Metric.QUESTION_ACCURACY).add(patient, turn.right());
            questions.computeIfAbsent(turn.questionId(), question -> new Tally(patients.size())).add(patient, turn.right());
            if (turn.questionId().equals(questionnaire.diagnosis())) {
                metrics.get(Metric.DIAGNOSIS_ACCURACY).add(patient, turn.right());
            }
        }
        metrics.get(Metric.CONVERSATION_ACCURACY).add(patient, conversation.right());
        if (inOrder.size() > 1) {
            metrics.get(Metric.CONSISTENCY).add(patient, consistency(inOrder, questionnaire.agreement()));
        }
    }

    private static double consistency(List<AnsweredTurn> inOrder, Questionnaire.Agreement agreement) {
        int agreeing = 0;
        for (int i = 1; i < inOrder.size(); i++) {
            var first = inOrder.get(i - 1);
            var second = inOrder.get(i);
            if (first.parsedSymbol() != null && second.parsedSymbol() != null && agreement.together(
                    first.questionId(), first.parsedSymbol(), second.questionId(), second.parsedSymbol())) {
                agreeing++;
            }
        }
        return (double) agreeing / (inOrder.size() - 1);
    }
}
