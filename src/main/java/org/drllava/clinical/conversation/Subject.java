package org.drllava.clinical.conversation;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.common.InputException;

/**
 * What a conversation is about.
 *
 * @param id    the image's path without the suffix, or with it where two images differ in nothing else
 * @param image its path within the images' folder, with {@code /}
 * @param slots what is known of it besides, for wordings to hold
 */
record Subject(String id, String image, Diagnosis diagnosis, Optional<String> patient, Map<String, String> slots) {
    /** The images as subjects, in their order; throws an InputException for an unknown label and for an image outside of the folder. */
    static List<Subject> of(List<LabelledImage> images, Path folder, ClinicalLogic logic) {
        var root = folder.toAbsolutePath().normalize();
        var paths = images.stream().map(image -> path(image, root)).toList();
        var uses = new HashMap<String, Integer>();
        paths.forEach(path -> uses.merge(withoutSuffix(path), 1, Integer::sum));
        var subjects = new Subject[images.size()];
        for (int i = 0; i < subjects.length; i++) {
            var image = images.get(i);
            var id = withoutSuffix(paths.get(i));
            subjects[i] = new Subject(uses.get(id) == 1 ? id : paths.get(i), paths.get(i), logic.diagnosis(image.label()), Optional.of(image.patient()),
                    image.slots());
        }
        return List.of(subjects);
    }

    private static String path(LabelledImage image, Path root) {
        var file = image.file().toAbsolutePath().normalize();
        if (!file.startsWith(root)) {
            throw new InputException(file + " lies outside of " + root + ", the folder that the conversations' image paths start from.");
        }
        return root.relativize(file).toString().replace('\\', '/');
    }

    private static String withoutSuffix(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path;
    }
}
