package org.drllava.clinical.data;

import java.nio.file.Path;
import java.util.Map;

/**
 * An image file and what is known of it.
 *
 * @param label   a diagnosis of the logic or a data set's name for one
 * @param patient whose image it is; images of one patient are never split apart
 * @param slots   values for the slots of the logic's wordings, by the slot's name
 */
public record LabelledImage(Path file, String label, String patient, Map<String, String> slots) {
    public LabelledImage {
        slots = Map.copyOf(slots);
    }

    /** An image of which nothing else is known. */
    public LabelledImage(Path file, String label, String patient) {
        this(file, label, patient, Map.of());
    }
}
