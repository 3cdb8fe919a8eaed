package org.drllava.report;

import static org.drllava.report.Html.all;
import static org.drllava.report.Html.attribute;
import static org.drllava.report.Html.cssClass;
import static org.drllava.report.Html.element;
import static org.drllava.report.Html.format;
import static org.drllava.report.Html.nothing;
import static org.drllava.report.Html.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A line plot as SVG. Long series are thinned to the least and the greatest value of each stretch, so peaks stay; many noisy
 * points are drawn thin with their running mean over them.
 */
final class LinePlot {
    /** How many series colours the style sheet has. */
    static final int COLOURS = 6;

    private static final int WIDTH = 420;
    private static final int HEIGHT = 250;
    private static final int LEFT = 52;
    private static final int RIGHT = 10;
    private static final int TOP = 10;
    private static final int BOTTOM = 40;
    private static final int SMOOTH_FROM_POINTS = 60;

    private final Curve curve;
    private final Axis x;
    private final Axis y;

    private LinePlot(Curve curve) {
        this.curve = curve;
        // A point shows only where both of its coordinates can be drawn, so only those make the axes.
        x = Axis.over(curve.series().stream().flatMapToDouble(s -> shown(s).mapToDouble(i -> s.x()[i])), 6);
        y = Axis.over(curve.series().stream().flatMapToDouble(s -> shown(s).mapToDouble(i -> s.y()[i])), 5);
    }

    static Html figure(Curve curve) {
        boolean empty = curve.series().stream().allMatch(s -> shown(s).findAny().isEmpty());
        return element("figure", cssClass("plot"),
                element("figcaption", element("h3", curve.title()), curve.series().size() > 1 ? legend(curve) : nothing()),
                empty ? element("p", "nodata", "Nothing to draw: no finite values.") : new LinePlot(curve).svg(),
                curve.series().stream().anyMatch(s -> s.points() >= SMOOTH_FROM_POINTS)
                        ? element("small", "Thin: every step. Thick: running mean.") : nothing());
    }

    private static IntStream shown(Series series) {
        return IntStream.range(0, series.points()).filter(series::shows);
    }

    private static Html legend(Curve curve) {
        return element("ul", cssClass("legend"), all(IntStream.range(0, curve.series().size())
                .mapToObj(i -> element("li",
                        element("span", cssClass("swatch c" + i % COLOURS)), text(curve.series().get(i).name())))
                .toList()));
    }

    private Html svg() {
        return element("svg", attribute("viewBox", "0 0 " + WIDTH + " " + HEIGHT), attribute("role", "img"),
                attribute("aria-label", description()),
                all(grid()),
                element("text", cssClass("label"), attribute("text-anchor", "middle"),
                        attribute("x", (LEFT + WIDTH - RIGHT) / 2), attribute("y", HEIGHT - 5), text(curve.xLabel())),
                element("text", cssClass("label"), attribute("text-anchor", "middle"),
                        attribute("transform", "translate(12 " + (TOP + HEIGHT - BOTTOM) / 2 + ") rotate(-90)"), text(curve.yLabel())),
                all(IntStream.range(0, curve.series().size()).mapToObj(this::line).toList()));
    }

    /** What the plot shows, for those who cannot see it. */
    private String description() {
        var words = new StringBuilder(curve.title() + ": " + curve.yLabel() + " by " + curve.xLabel() + ".");
        for (var series : curve.series()) {
            int[] indices = shown(series).toArray();
            if (indices.length > 0) {
                words.append(format(" %s goes from %.4g to %.4g.", series.name(),
                        series.y()[indices[0]], series.y()[indices[indices.length - 1]]));
            }
        }
        return words.toString();
    }

    private List<Html> grid() {
        var parts = new ArrayList<Html>();
        for (double tick : y.ticks()) {
            String at = format("%.1f", toY(tick));
            parts.add(element("path", cssClass("grid"), attribute("d", "M" + LEFT + " " + at + "H" + (WIDTH - RIGHT))));
            parts.add(element("text", attribute("text-anchor", "end"), attribute("x", LEFT - 6), attribute("y", at),
                    attribute("dy", ".35em"), text(y.label(tick))));
        }
        for (double tick : x.ticks()) {
            parts.add(element("text", attribute("text-anchor", "middle"), attribute("x", format("%.1f", toX(tick))),
                    attribute("y", HEIGHT - BOTTOM + 16), text(x.label(tick))));
        }
        return parts;
    }

    private Html line(int index) {
        var series = curve.series().get(index);
        String colour = "c" + index % COLOURS;
        if (series.points() < SMOOTH_FROM_POINTS) {
            return path("line " + colour, Polyline.thinned(series));
        }
        return all(
                path("line raw " + colour, Polyline.thinned(series)),
                path("line " + colour, Polyline.thinned(Polyline.runningMean(series))));
    }

    private Html path(String cssClass, List<List<Polyline.Point>> strokes) {
        var d = new StringBuilder();
        for (var stroke : strokes) {
            for (int i = 0; i < stroke.size(); i++) {
                d.append(format("%s%.1f %.1f", i == 0 ? "M" : "L", toX(stroke.get(i).x()), toY(stroke.get(i).y())));
            }
            if (stroke.size() == 1) {
                d.append("h0"); // round line caps make a dot of it
            }
        }
        return element("path", cssClass(strokes.stream().allMatch(s -> s.size() == 1) ? cssClass + " dots" : cssClass),
                attribute("d", d));
    }

    private double toX(double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private double toY(double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
    }
}
