package org.drllava.clinical.data;

import java.util.ArrayList;
import java.util.List;
import org.drllava.common.InputException;

/** Comma-separated values as RFC 4180 has them: quotes, doubled quotes, line ends within quotes. */
final class Csv {
    /** One record of a file and the line it starts at, from 1. */
    record Row(String file, int line, List<String> cells) {
        InputException wrong(String message) {
            return new InputException(file + ": line " + line + ": " + message);
        }

        /** @param column from 0 */
        InputException wrong(int column, String name, String message) {
            return wrong("column " + (column + 1) + " '" + name.replaceAll("\\p{Cntrl}", "?") + "': " + message);
        }
    }

    private Csv() {}

    /** All records but empty lines; throws {@link InputException} naming file and line for a quote that is not closed or misplaced. */
    static List<Row> rows(String text, String file) {
        var rows = new ArrayList<Row>();
        var cells = new ArrayList<String>();
        var cell = new StringBuilder();
        boolean quoted = false, closed = false;
        int line = 1, start = 1;
        int first = text.startsWith("\uFEFF") ? 1 : 0;
        for (int i = first; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '\n';
            if (quoted) {
                if (i == text.length()) {
                    throw new InputException(file + ": line " + start + ": a quote is not closed in column " + (cells.size() + 1) + ".");
                } else if (c != '"') {
                    cell.append(c);
                    line += c == '\n' ? 1 : 0;
                } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else {
                    quoted = false;
                    closed = true;
                }
            } else if (c == ',' || c == '\n') {
                cells.add(closed ? cell.toString() : cell.toString().strip());
                cell.setLength(0);
                closed = false;
                if (c == '\n') {
                    if (cells.size() > 1 || !cells.getFirst().isEmpty()) {
                        rows.add(new Row(file, start, List.copyOf(cells)));
                    }
                    cells.clear();
                    start = ++line;
                }
            } else if (c == '"' && cell.isEmpty() && !closed) {
                quoted = true;
            } else if (c == '"' || closed && !Character.isWhitespace(c)) {
                throw new InputException(file + ": line " + line + ": a quote stands inside a value in column " + (cells.size() + 1)
                        + "; quote the whole value and double the quotes in it.");
            } else if (!closed) {
                cell.append(c);
            }
        }
        return rows;
    }
}
