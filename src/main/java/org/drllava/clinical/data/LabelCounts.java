package org.drllava.clinical.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.clinical.io.Fields;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.InputException;

/** How many images each label has: a table with the columns {@code label,count}, or one of images as {@link LabelCsv} reads it. */
public final class LabelCounts {
    private static final List<String> HEADER = List.of("label", "count");

    private LabelCounts() {}

    /** Labels with at least one image; at least one label. Throws {@link InputException} naming file, line and fault. */
    public static Map<String, Integer> read(Path file, ClinicalLogic logic) {
        var rows = Csv.rows(Fields.text(file), file.toString());
        var header = rows.isEmpty() ? List.<String>of() : rows.getFirst().cells().stream().map(h -> h.toLowerCase(Locale.ROOT)).toList();
        var counts = header.equals(HEADER) ? counts(rows.subList(1, rows.size()), file, logic) : Split.labelCounts(LabelCsv.read(file, logic));
        if (counts.isEmpty()) {
            throw new InputException(file + ": expected at least one label with at least one image, found none.");
        }
        return counts;
    }

    private static Map<String, Integer> counts(List<Csv.Row> rows, Path file, ClinicalLogic logic) {
        var counts = new TreeMap<String, Integer>();
        for (var row : rows) {
            var where = file + ": line " + row.line() + ": ";
            if (row.cells().size() != HEADER.size()) {
                throw new InputException(where + "expected 2 values (label, count), found " + row.cells() + ".");
            }
            var label = row.cells().getFirst();
            if (logic.findDiagnosis(label).isEmpty()) {
                throw new InputException(where + "unknown label '" + label + "'; known labels are " + String.join(", ", logic.knownLabels()) + ".");
            }
            var count = row.cells().getLast();
            if (!count.matches("[0-9]{1,9}")) {
                throw new InputException(where + "count: expected a whole number from 0 to 999999999, found '" + count + "'.");
            }
            if (counts.put(label, Integer.valueOf(count)) != null) {
                throw new InputException(where + "the label '" + label + "' occurs twice.");
            }
        }
        counts.values().removeIf(n -> n == 0);
        return counts;
    }
}
