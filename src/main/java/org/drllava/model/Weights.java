package org.drllava.model;

import org.drllava.tensor.Tensor;

/** Weights by canonical name ({@link ModelShapes}), in the model's dtype and on its device. */
@FunctionalInterface
public interface Weights {
    Tensor get(String name);
}
