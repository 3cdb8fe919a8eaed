package org.drllava.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What of a series is drawn: strokes of points, interrupted where values are missing. */
final class Polyline {
    /** More than a plot has columns of pixels would not be seen. */
    private static final int STRETCHES = 400;

    record Point(double x, double y) {}

    private Polyline() {}

    /**
     * At most 800 points. Of each stretch of a long series the least and the greatest value stay, in their order. A stretch without any
     * point to show ends the stroke.
     */
    static List<List<Point>> thinned(Series series) {
        int points = series.points();
        int stretch = points <= 2 * STRETCHES ? 1 : (points + STRETCHES - 1) / STRETCHES;
        var strokes = new ArrayList<List<Point>>();
        var stroke = new ArrayList<Point>();
        for (int from = 0; from < points; from += stretch) {
            int least = -1;
            int greatest = -1;
            for (int i = from; i < Math.min(from + stretch, points); i++) {
                if (series.shows(i)) {
                    least = least < 0 || series.y()[i] < series.y()[least] ? i : least;
                    greatest = greatest < 0 || series.y()[i] > series.y()[greatest] ? i : greatest;
                }
            }
            if (least >= 0) {
                stroke.add(point(series, Math.min(least, greatest)));
                if (least != greatest) {
                    stroke.add(point(series, Math.max(least, greatest)));
                }
            } else if (!stroke.isEmpty()) {
                strokes.add(stroke);
                stroke = new ArrayList<>();
            }
        }
        if (!stroke.isEmpty()) {
            strokes.add(stroke);
        }
        return strokes;
    }

    private static Point point(Series series, int i) {
        return new Point(series.x()[i], series.y()[i]);
    }

    /** Mean over a window of a twentieth of the series around each point, cut at the ends; missing values do not count. */
    static Series runningMean(Series series) {
        int points = series.points();
        int half = Math.clamp(points / 40, 1, 250);
        var mean = new double[points];
        for (int i = 0; i < points; i++) {
            // Summed anew for each point: a running sum would carry the rounding of one huge value to the end.
            mean[i] = !Double.isFinite(series.y()[i]) ? Double.NaN
                    : Arrays.stream(series.y(), Math.max(0, i - half), Math.min(points, i + half + 1))
                            .filter(Double::isFinite).average().orElse(Double.NaN);
        }
        return new Series(series.name(), series.x(), mean);
    }
}
