package org.drllava.clinical.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.InputException;

/** Images sorted into a folder a label. */
public final class LabelFolders {
    private static final Set<String> IMAGES = Set.of("png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp", "gif");

    /** Whose an image is: each its own patient's, or told by the file's name before its first underscore. */
    public enum Patients { ONE_PER_FILE, FILE_NAME_PREFIX }

    private LabelFolders() {}

    /**
     * The images of all label folders, by label, then by name. Files that are no images by their suffix, and hidden ones, are passed
     * over; a folder that is no label of the logic is an {@link InputException} that lists the labels.
     */
    public static List<LabelledImage> read(Path root, ClinicalLogic logic, Patients patients) {
        var images = new ArrayList<LabelledImage>();
        for (var folder : sorted(root)) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            var label = folder.getFileName().toString();
            if (logic.findDiagnosis(label).isEmpty()) {
                throw new InputException(folder + " is no label of the logic '" + logic.name() + "'; its labels are "
                        + String.join(", ", logic.knownLabels()) + ".");
            }
            for (var file : sorted(folder)) {
                var name = file.getFileName().toString();
                if (Files.isRegularFile(file) && IMAGES.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))) {
                    images.add(new LabelledImage(file, label, patient(label, name, patients)));
                }
            }
        }
        if (images.isEmpty()) {
            throw new InputException(root + " has no images in folders named by label; its folders would be " + String.join(", ", logic.knownLabels()) + ".");
        }
        return List.copyOf(images);
    }

    private static String patient(String label, String name, Patients patients) {
        return switch (patients) {
            case ONE_PER_FILE -> label + "/" + name;
            case FILE_NAME_PREFIX -> name.contains("_") ? name.substring(0, name.indexOf('_')) : name.substring(0, name.lastIndexOf('.'));
        };
    }

    private static List<Path> sorted(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(f -> !f.getFileName().toString().startsWith(".")).sorted().toList();
        } catch (IOException e) {
            throw new InputException(folder + " cannot be read as a folder: " + e + ".", e);
        }
    }
}
