package org.drllava.report;

import java.util.List;
import java.util.Objects;

/** A plot of one or several lines over the same axes; labels carry the unit. */
public record Curve(String title, String xLabel, String yLabel, List<Series> series) {
    public Curve {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(xLabel, "xLabel");
        Objects.requireNonNull(yLabel, "yLabel");
        series = List.copyOf(series);
    }
}
