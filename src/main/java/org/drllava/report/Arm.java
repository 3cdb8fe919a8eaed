package org.drllava.report;

import java.util.Map;
import java.util.Objects;
import org.drllava.evaluate.Estimate;
import org.drllava.evaluate.Metric;
import org.drllava.evaluate.Metrics;

/**
 * One model among those compared.
 *
 * @param gains what it has more than the first arm, paired by patient; may be empty, then differences show without limits
 */
public record Arm(String name, Metrics metrics, Map<Metric, Estimate> gains) {
    public Arm {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(metrics, "metrics");
        gains = Map.copyOf(gains);
    }

    public Arm(String name, Metrics metrics) {
        this(name, metrics, Map.of());
    }
}
