package org.drllava.clinical.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.drllava.clinical.io.Fields;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.InputException;

/** A table of images: a header with {@code image,label} and, if wanted, {@code patient}, in any order, then a line an image. */
public final class LabelCsv {
    private LabelCsv() {}

    /**
     * Reads a table; image paths start from the table's folder. Without a patient column each image is its own patient's. Throws
     * {@link InputException} naming file, line and fault.
     */
    public static List<LabelledImage> read(Path file, ClinicalLogic logic) {
        var rows = Csv.rows(Fields.text(file), file.toString());
        if (rows.isEmpty()) {
            throw new InputException(file + " is empty; a header image,label or image,label,patient is expected.");
        }
        var header = rows.getFirst().cells().stream().map(h -> h.toLowerCase(Locale.ROOT)).toList();
        int image = header.indexOf("image"), label = header.indexOf("label"), patient = header.indexOf("patient");
        if (image < 0 || label < 0 || header.size() != (patient < 0 ? 2 : 3)) {
            throw new InputException(file + ": line 1: expected the header image,label or image,label,patient, found " + String.join(",", header) + ".");
        }
        var folder = file.toAbsolutePath().getParent();
        var images = new ArrayList<LabelledImage>(rows.size());
        var seen = new HashSet<Path>();
        for (var row : rows.subList(1, rows.size())) {
            var where = file + ": line " + row.line() + ": ";
            if (row.cells().size() != header.size() || row.cells().stream().anyMatch(String::isBlank)) {
                throw new InputException(where + "expected " + header.size() + " values (" + String.join(", ", header) + "), none of them empty, found "
                        + row.cells() + ".");
            }
            var name = row.cells().get(label);
            if (logic.findDiagnosis(name).isEmpty()) {
                throw new InputException(where + "unknown label '" + name + "'; known labels are " + String.join(", ", logic.knownLabels()) + ".");
            }
            var path = folder.resolve(row.cells().get(image)).normalize();
            if (!seen.add(path)) {
                throw new InputException(where + "the image " + row.cells().get(image) + " occurs twice.");
            }
            images.add(new LabelledImage(path, name, row.cells().get(patient < 0 ? image : patient)));
        }
        return List.copyOf(images);
    }
}
