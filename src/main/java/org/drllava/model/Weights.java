package org.drllava.model;

import org.drllava.tensor.Tensor;

/** Weights by canonical name ({@link ModelShapes}), in the model's dtype and on its device. */
@FunctionalInterface
public interface Weights {
    Tensor get(String name);

    /** Tells that a weight will not be read for long. Its memory is given back where it is a file's, which is then read again. */
    default void rest(String name) {}
}
