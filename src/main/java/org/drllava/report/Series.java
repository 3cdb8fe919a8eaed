package org.drllava.report;

import java.util.Objects;

/**
 * A named line of a plot. Values that are not finite, or beyond 1e300, leave a gap.
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

    int points() {
        return x.length;
    }

    /** Whether point i can be drawn. The bound keeps the arithmetic of the axes clear of overflow. */
    boolean shows(int i) {
        return Math.abs(x[i]) <= 1e300 && Math.abs(y[i]) <= 1e300;
    }
}
