package org.drllava.report;

import java.util.Objects;

/**
 * A named line of a plot. Values that are not finite leave a gap.
 *
 * @param x [points], in the order to draw, usually training steps
 * @param y [points]
 */
public record Series(String name, double[] x, double[] y) {
    public Series {
        Objects.requireNonNull(name, "name");
        if (x.length != y.length) {
            throw new IllegalArgumentException(name + " has " + x.length + " x and " + y.length + " y");
        }
    }
}
