package org.drllava.clinical.data;

import java.nio.file.Path;

/**
 * An image file and what is known of it.
 *
 * @param label   a diagnosis of the logic or a data set's name for one
 * @param patient whose image it is; images of one patient are never split apart
 */
public record LabelledImage(Path file, String label, String patient) {}
