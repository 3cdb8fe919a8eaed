package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counts of diagnoses by true label.
 *
 * @param rows    true labels (names of allowed paths), sorted
 * @param columns diagnoses read from the answers: first those that are true for some row, in the rows' order, then others,
 *                sorted, and last {@link #NO_MATCH}
 * @param counts  [row][column]
 */
public record Confusion(List<String> rows, List<String> columns, List<List<Integer>> counts) {
    /** Column of the answers that could not be read. */
    public static final String NO_MATCH = "no match";

    public Confusion {
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
        counts = counts.stream().map(List::copyOf).toList();
        int width = columns.size();
        if (counts.size() != rows.size() || counts.stream().anyMatch(row -> row.size() != width)) {
            throw new IllegalArgumentException("counts are not " + rows.size() + " rows of " + width);
        }
    }

    static Confusion of(List<AnsweredConversation> conversations, String diagnosis) {
        record Given(String label, AnsweredTurn turn) {}
        var given = new ArrayList<Given>();
        for (var conversation : conversations) {
            for (var turn : conversation.turns()) {
                if (turn.questionId().equals(diagnosis)) {
                    given.add(new Given(conversation.label(), turn));
                }
            }
        }
        var truths = new TreeMap<String, TreeSet<String>>();
        var others = new TreeSet<String>();
        for (var one : given) {
            truths.computeIfAbsent(one.label, label -> new TreeSet<>()).add(one.turn.expectedSymbol());
            others.add(column(one.turn));
        }
        var rows = List.copyOf(truths.keySet());
        var ordered = new LinkedHashSet<String>();
        truths.values().forEach(ordered::addAll);
        others.remove(NO_MATCH);
        ordered.addAll(others);
        ordered.add(NO_MATCH);
        var columns = List.copyOf(ordered);
        var counts = new int[rows.size()][columns.size()];
        given.forEach(one -> counts[rows.indexOf(one.label)][columns.indexOf(column(one.turn))]++);
        var lists = new ArrayList<List<Integer>>();
        for (var row : counts) {
            lists.add(Arrays.stream(row).boxed().toList());
        }
        return new Confusion(rows, columns, lists);
    }

    private static String column(AnsweredTurn turn) {
        return turn.parsedSymbol() == null ? NO_MATCH : turn.parsedSymbol();
    }

    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("truth", rows);
        json.put("diagnosed", columns);
        json.put("counts", counts);
        return json;
    }
}
