package org.drllava.report;

import java.util.List;
import java.util.Objects;
import org.drllava.common.StepLog;
import tools.jackson.databind.node.ObjectNode;

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

    /** One field of a {@link StepLog} over the steps; NaN where a line lacks the field or has no number there. */
    public static Series of(List<ObjectNode> lines, String field, String name) {
        var x = new double[lines.size()];
        var y = new double[lines.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = lines.get(i).get(StepLog.STEP).doubleValue();
            var value = lines.get(i).get(field);
            y[i] = value != null && value.isNumber() ? value.doubleValue() : Double.NaN;
        }
        return new Series(name, x, y);
    }

    int points() {
        return x.length;
    }

    /** Whether point i can be drawn. The bound keeps the arithmetic of the axes clear of overflow. */
    boolean shows(int i) {
        return Math.abs(x[i]) <= 1e300 && Math.abs(y[i]) <= 1e300;
    }
}
