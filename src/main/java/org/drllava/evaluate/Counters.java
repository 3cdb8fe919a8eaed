package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Numbers the counters that occur, and takes conversations apart into them. */
final class Counters {
    /** Stands for the answers of a conversation that lie on no allowed path together. */
    private static final String NO_PATH = "no path";

    private final Questionnaire questionnaire;
    private final Map<Counter, Integer> columns = new LinkedHashMap<>();

    Counters(Questionnaire questionnaire) {
        this.questionnaire = questionnaire;
    }

    /** All that occurred so far; a counter's index is its column. */
    List<Counter> all() {
        return List.copyOf(columns.keySet());
    }

    /** Sums by patient over conversations: a column a counter. */
    PatientSums count(List<AnsweredConversation> conversations) {
        return countArms(List.of(conversations));
    }

    /** Of several arms about the same patients: counter c of arm a is in column {@code c * arms + a}. */
    PatientSums countArms(List<List<AnsweredConversation>> arms) {
        var sums = new PatientSums.Builder();
        for (int arm = 0; arm < arms.size(); arm++) {
            for (var conversation : arms.get(arm)) {
                for (var counter : of(conversation)) {
                    sums.add(conversation.patient(), columns.computeIfAbsent(counter, _ -> columns.size()) * arms.size() + arm, 1);
                }
            }
        }
        return sums.build();
    }

    private List<Counter> of(AnsweredConversation conversation) {
        var counters = new ArrayList<Counter>();
        for (var turn : conversation.turns()) {
            counters.add(new Counter.Reply(new Counter.Task(false, turn.questionId()), turn.expectedSymbol(), turn.outcome(), hint(turn)));
        }
        var inOrder = new TreeMap<Integer, AnsweredTurn>();
        conversation.turns().forEach(turn -> inOrder.put(questionnaire.position(turn.questionId()), turn));
        counters.add(whole(List.copyOf(inOrder.values())));
        if (inOrder.size() > 1) {
            counters.add(neighbours(List.copyOf(inOrder.values())));
        }
        return counters;
    }

    private static Counter.Hint hint(AnsweredTurn turn) {
        if (!turn.misled()) {
            return turn.hint().isPresent() ? Counter.Hint.RIGHT : Counter.Hint.NONE;
        }
        return turn.parsed().is(turn.hint().orElseThrow()) ? Counter.Hint.WRONG_FOLLOWED : Counter.Hint.WRONG_RESISTED;
    }

    private Counter whole(List<AnsweredTurn> inOrder) {
        var task = new Counter.Task(true, inOrder.stream().map(AnsweredTurn::questionId).collect(Collectors.joining("+")));
        String expected = inOrder.stream().map(AnsweredTurn::expectedSymbol).collect(Collectors.joining("+"));
        boolean right = inOrder.stream().allMatch(AnsweredTurn::right);
        boolean onPath = right || questionnaire.paths().values().stream()
                .anyMatch(path -> inOrder.stream().allMatch(turn -> turn.parsed().is(path.getOrDefault(turn.questionId(), ""))));
        return new Counter.Reply(task, expected,
                onPath ? inOrder.stream().map(AnsweredTurn::parsedSymbol).collect(Collectors.joining("+")) : NO_PATH, Counter.Hint.NONE);
    }

    private Counter neighbours(List<AnsweredTurn> inOrder) {
        int agreeing = 0;
        for (int i = 1; i < inOrder.size(); i++) {
            var first = inOrder.get(i - 1);
            var second = inOrder.get(i);
            if (first.parsedSymbol() != null && second.parsedSymbol() != null && questionnaire.together(
                    first.questionId(), first.parsedSymbol(), second.questionId(), second.parsedSymbol())) {
                agreeing++;
            }
        }
        return new Counter.Neighbours(agreeing, inOrder.size() - 1);
    }
}
