package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Plain tables of metrics for a terminal: aligned, percentages, ASCII only so that any terminal shows them. */
public final class MetricsTable {
    private MetricsTable() {}

    /**
     * The four metrics of each arm with 95 % limits, then the points that later arms have over the first.
     *
     * @param arms name to metrics, in the order of the columns
     */
    public static String headline(Map<String, Metrics> arms) {
        var names = List.copyOf(arms.keySet());
        var rows = new ArrayList<List<String>>();
        rows.add(row("", names));
        for (var metric : Metric.values()) {
            rows.add(row(metric.title(), arms.values().stream().map(m -> interval(m.estimate(metric))).toList()));
        }
        if (names.size() > 1) {
            var base = arms.get(names.getFirst());
            rows.add(List.of());
            rows.add(row("points over " + names.getFirst(), names.stream().map(name -> "").toList()));
            for (var metric : Metric.values()) {
                rows.add(row(metric.title(), arms.values().stream()
                        .map(m -> m == base ? "" : points(m.estimate(metric).value() - base.estimate(metric).value()))
                        .toList()));
            }
        }
        return aligned(rows);
    }

    /** A line a question: accuracy with limits, macro F1, the majority baseline, unreadable answers. */
    public static String questions(Metrics metrics) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("question", "accuracy", "macro F1", "majority", "unreadable"));
        for (var score : metrics.questions()) {
            rows.add(List.of(score.question(), interval(score.accuracy()), percent(score.macroF1()),
                    percent(score.majorityBaseline()), score.unreadable() + " of " + score.answers()));
        }
        return aligned(rows);
    }

    /** Rows are true labels, columns the diagnoses that were read. */
    public static String confusion(Confusion confusion) {
        var rows = new ArrayList<List<String>>();
        rows.add(row("truth \\ diagnosed", confusion.columns()));
        for (int i = 0; i < confusion.rows().size(); i++) {
            rows.add(row(confusion.rows().get(i), confusion.counts().get(i).stream().map(String::valueOf).toList()));
        }
        return aligned(rows);
    }

    private static List<String> row(String head, List<String> cells) {
        var row = new ArrayList<String>();
        row.add(head);
        row.addAll(cells);
        return row;
    }

    private static String interval(Estimate e) {
        return Double.isNaN(e.value()) ? "-"
                : String.format(Locale.ROOT, "%5.1f %% [%5.1f, %5.1f]", 100 * e.value(), 100 * e.low(), 100 * e.high());
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String points(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%+.1f", 100 * share);
    }

    /** First column to the left, the others to the right; every line ends with a newline and without blanks. */
    private static String aligned(List<List<String>> rows) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        var widths = new int[columns];
        for (var row : rows) {
            for (int c = 0; c < row.size(); c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        var text = new StringBuilder();
        for (var row : rows) {
            var line = new StringBuilder();
            for (int c = 0; c < row.size(); c++) {
                String gap = " ".repeat(widths[c] - row.get(c).length());
                line.append(c == 0 ? row.get(c) + gap : "   " + gap + row.get(c));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
