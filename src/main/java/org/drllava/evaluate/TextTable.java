package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of cells as plain text for a terminal: aligned, ASCII only so that any terminal shows them. */
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    TextTable row(String head, List<String> cells) {
        var row = new ArrayList<String>();
        row.add(head);
        row.addAll(cells);
        rows.add(row);
        return this;
    }

    TextTable row(String head, String... cells) {
        return row(head, List.of(cells));
    }

    static String interval(Estimate e) {
        return Double.isNaN(e.value()) ? "-"
                : String.format(Locale.ROOT, "%5.1f %% [%5.1f, %5.1f]", 100 * e.value(), 100 * e.low(), 100 * e.high());
    }

    static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    static String points(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%+.1f", 100 * share);
    }

    /** First column to the left, the others to the right; every line ends with a newline and without blanks. */
    @Override
    public String toString() {
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
