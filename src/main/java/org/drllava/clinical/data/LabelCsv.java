package org.drllava.clinical.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.drllava.clinical.io.Fields;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.InputException;

/**
 * A table of images: a header with {@code image,label}, and if wanted {@code patient} and slots of the logic's wordings, in any
 * order, then a line an image. Only a slot's value may be empty; wordings with that slot are then not used for the image.
 */
public final class LabelCsv {
    private static final String EXPECTED = "the header image,label or image,label,patient";

    private LabelCsv() {}

    /**
     * Reads a table; image paths start from the table's folder. Without a patient column each image is its own patient's. Throws
     * {@link InputException} naming file, line, column and fault.
     */
    public static List<LabelledImage> read(Path file, ClinicalLogic logic) {
        var rows = Csv.rows(Fields.text(file), file.toString());
        if (rows.isEmpty()) {
            throw new InputException(file + " is empty; " + EXPECTED + " is expected.");
        }
        var header = header(rows.getFirst(), logic);
        var folder = file.toAbsolutePath().getParent();
        var images = new ArrayList<LabelledImage>(rows.size());
        var seen = new HashSet<Path>();
        for (var row : rows.subList(1, rows.size())) {
            if (row.cells().size() != header.size()) {
                throw row.wrong("expected " + header.size() + " values (" + String.join(", ", header) + "), found " + row.cells().size() + ".");
            }
            var image = image(row, header, logic, folder);
            if (!seen.add(image.file())) {
                throw row.wrong(header.indexOf("image"), "image", "the image " + row.cells().get(header.indexOf("image")) + " occurs twice.");
            }
            images.add(image);
        }
        return List.copyOf(images);
    }

    /** The columns' names as this program and the logic spell them. */
    private static List<String> header(Csv.Row row, ClinicalLogic logic) {
        var known = new ArrayList<>(List.of("image", "label", "patient"));
        known.addAll(logic.slots());
        var header = row.cells().stream().map(name -> known.stream().filter(name::equalsIgnoreCase).findFirst().orElse(name)).toList();
        if (!header.contains("image") || !header.contains("label")) {
            throw row.wrong("expected " + EXPECTED + ", found " + String.join(",", header) + ".");
        }
        for (int column = 0; column < header.size(); column++) {
            var name = header.get(column);
            if (!known.contains(name)) {
                throw row.wrong(column, name, "unknown column; known columns are image, label, patient"
                        + (logic.slots().isEmpty() ? ", as this logic has no slots." : " and the logic's slots " + String.join(", ", logic.slots()) + "."));
            }
            if (header.indexOf(name) < column) {
                throw row.wrong(column, name, "the column occurs twice.");
            }
        }
        return header;
    }

    private static LabelledImage image(Csv.Row row, List<String> header, ClinicalLogic logic, Path folder) {
        Map<String, String> values = new HashMap<>();
        for (int column = 0; column < header.size(); column++) {
            var name = header.get(column);
            var value = value(row, column, name, logic.slots().contains(name));
            if (!value.isEmpty()) {
                values.put(name, value);
            }
        }
        var label = values.remove("label");
        if (logic.findDiagnosis(label).isEmpty()) {
            throw row.wrong(header.indexOf("label"), "label", "unknown label '" + label + "'; known labels are " + String.join(", ", logic.knownLabels()) + ".");
        }
        var image = values.remove("image");
        var patient = values.remove("patient");
        return new LabelledImage(folder.resolve(image).normalize(), label, patient == null ? image : patient, values);
    }

    /** A slot's value may be empty and hold several lines, which become one. */
    private static String value(Csv.Row row, int column, String name, boolean slot) {
        var value = slot ? row.cells().get(column).strip().replaceAll("\\s+", " ") : row.cells().get(column);
        if (value.isBlank() && !slot) {
            throw row.wrong(column, name, "expected a value, found none.");
        }
        if (value.chars().anyMatch(Character::isISOControl) || value.contains("<image>")) {
            throw row.wrong(column, name, "control characters and <image> are not allowed in a value.");
        }
        return value;
    }
}
