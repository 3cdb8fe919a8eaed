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
 * Counts of what was read from the answers to one question, by what is true.
 *
 * @param rows    true symbols, or true labels (names of allowed paths), sorted
 * @param columns symbols read: first those that are true for some row, in the rows' order, then others, sorted, and last
 *                {@code unknown}, {@code no_match} and {@code conflict}, always there
 * @param counts  [row][column]
 */
public record Confusion(List<String> rows, List<String> columns, List<List<Integer>> counts) {
    private static final List<String> LAST = List.of("unknown", AnsweredTurn.NO_MATCH, AnsweredTurn.CONFLICT);

    public Confusion {
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
        counts = counts.stream().map(List::copyOf).toList();
        int width = columns.size();
        if (counts.size() != rows.size() || counts.stream().anyMatch(row -> row.size() != width)) {
            throw new IllegalArgumentException("counts are not " + rows.size() + " rows of " + width);
        }
    }

    /** Rows are the symbols that are true. */
    static Confusion bySymbol(List<AnsweredConversation> conversations, String question) {
        return of(conversations.stream().flatMap(c -> c.turn(question).stream()).map(turn -> new Given(turn.expectedSymbol(), turn)).toList());
    }

    /** Rows are the labels that are true; several may have the same symbol. */
    static Confusion byLabel(List<AnsweredConversation> conversations, String question) {
        return of(conversations.stream().flatMap(c -> c.turn(question).stream().map(turn -> new Given(c.label(), turn))).toList());
    }

    private record Given(String row, AnsweredTurn turn) {}

    private static Confusion of(List<Given> all) {
        var truths = new TreeMap<String, TreeSet<String>>();
        var others = new TreeSet<String>();
        for (var one : all) {
            truths.computeIfAbsent(one.row, _ -> new TreeSet<>()).add(one.turn.expectedSymbol());
            others.add(one.turn.outcome());
        }
        var ordered = new LinkedHashSet<String>();
        truths.values().forEach(ordered::addAll);
        ordered.addAll(others);
        LAST.forEach(name -> {
            ordered.remove(name);
            ordered.add(name);
        });
        var rows = List.copyOf(truths.keySet());
        var columns = List.copyOf(ordered);
        var counts = new int[rows.size()][columns.size()];
        all.forEach(one -> counts[rows.indexOf(one.row)][columns.indexOf(one.turn.outcome())]++);
        var lists = new ArrayList<List<Integer>>();
        for (var row : counts) {
            lists.add(Arrays.stream(row).boxed().toList());
        }
        return new Confusion(rows, columns, lists);
    }

    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("truth", rows);
        json.put("read", columns);
        json.put("counts", counts);
        return json;
    }
}
