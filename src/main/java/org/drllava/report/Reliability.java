package org.drllava.report;

import static org.drllava.report.Html.all;
import static org.drllava.report.Html.attribute;
import static org.drllava.report.Html.cssClass;
import static org.drllava.report.Html.element;
import static org.drllava.report.Html.format;
import static org.drllava.report.Html.text;

import java.util.List;
import java.util.stream.IntStream;
import org.drllava.evaluate.Calibration;
import org.drllava.evaluate.Calibration.Bin;
import org.drllava.evaluate.Estimate;

/** Reliability diagrams as SVG: accuracy by confidence beside the diagonal, and below how many conversations each bin has. */
final class Reliability {
    private static final int LEFT = 44;
    private static final int TOP = 10;
    private static final int SIDE = 220;
    private static final int GAP = 12;
    private static final int COUNTS = 50;
    private static final int WIDTH = LEFT + SIDE + 10;
    private static final int BOTTOM = TOP + SIDE + GAP + COUNTS;
    private static final int HEIGHT = BOTTOM + 38;

    private Reliability() {}

    static boolean hasOne(Arm arm) {
        return arm.metrics().calibration().isPresent();
    }

    static Html figures(List<Arm> arms) {
        return element("div", cssClass("reliability"), all(arms.stream().filter(Reliability::hasOne)
                .map(arm -> figure(arm.name(), arm.metrics().calibration().orElseThrow())).toList()));
    }

    private static Html figure(String name, Calibration calibration) {
        return element("figure", cssClass("plot"),
                element("figcaption", element("h3", name),
                        element("small", "Bars: share that is right. Marks: mean confidence. On the dashed line both are the same.")),
                svg(calibration),
                element("dl", cssClass("scores"),
                        score("Expected calibration error", calibration.error(), ""),
                        score("Brier score", calibration.brier(), format("; frequencies alone %.3f", calibration.baseBrier())),
                        score("Log loss", calibration.logLoss(), format(" nats; frequencies alone %.3f", calibration.baseLogLoss())),
                        score("Likeliest diagnosis is right", calibration.accuracy(), ""),
                        score("Mean confidence", calibration.confidence(), "")));
    }

    private static Html score(String name, Estimate estimate, String beside) {
        return element("div", element("dt", name), element("dd", text(format("%.3f", estimate.value())),
                element("small", format(" [%.3f, %.3f]", estimate.low(), estimate.high()) + beside)));
    }

    private static Html svg(Calibration calibration) {
        int most = calibration.bins().stream().mapToInt(Bin::conversations).max().orElse(1);
        return element("svg", attribute("viewBox", "0 0 " + WIDTH + " " + HEIGHT), attribute("role", "img"),
                attribute("aria-label", description(calibration)),
                all(IntStream.rangeClosed(0, 5).mapToObj(i -> grid(i / 5.0)).toList()),
                all(calibration.bins().stream().filter(bin -> bin.conversations() > 0).map(bin -> bar(bin, most)).toList()),
                element("path", cssClass("diagonal"), attribute("d", "M" + LEFT + " " + (TOP + SIDE) + "l" + SIDE + " -" + SIDE)),
                label(LEFT + SIDE / 2, HEIGHT - 5, "probability of the likeliest diagnosis"),
                element("text", cssClass("label"), attribute("text-anchor", "middle"),
                        attribute("transform", "translate(12 " + (TOP + SIDE / 2) + ") rotate(-90)"), text("share that is right")),
                element("text", cssClass("label"), attribute("text-anchor", "middle"),
                        attribute("transform", "translate(12 " + (BOTTOM - COUNTS / 2) + ") rotate(-90)"), text("number")),
                element("text", attribute("text-anchor", "end"), attribute("x", LEFT - 6), attribute("y", BOTTOM - COUNTS + 8), text(String.valueOf(most))));
    }

    private static Html grid(double value) {
        double y = TOP + SIDE * (1 - value);
        return all(element("path", cssClass("grid"), attribute("d", format("M%d %.1fh%d", LEFT, y, SIDE))),
                element("text", attribute("text-anchor", "end"), attribute("x", LEFT - 6), attribute("y", format("%.1f", y)), attribute("dy", ".35em"),
                        text(format("%.1f", value))),
                element("text", attribute("text-anchor", "middle"), attribute("x", format("%.1f", LEFT + SIDE * value)), attribute("y", BOTTOM + 15),
                        text(format("%.1f", value))));
    }

    /** The bin's accuracy, a tick at its mean confidence, and its conversations below. */
    private static Html bar(Bin bin, int most) {
        double x = LEFT + SIDE * bin.low() + 1;
        double width = SIDE * (bin.high() - bin.low()) - 2;
        double right = SIDE * bin.accuracy();
        double count = Math.max(1, (double) COUNTS * bin.conversations() / most);
        return all(rectangle("accuracy", x, TOP + SIDE - right, width, right),
                element("path", cssClass("confidence"), attribute("d", format("M%.1f %.1fh%.1f", x, TOP + SIDE * (1 - bin.confidence()), width))),
                rectangle("count", x, BOTTOM - count, width, count));
    }

    private static Html rectangle(String cssClass, double x, double y, double width, double height) {
        return element("rect", cssClass(cssClass), attribute("x", format("%.1f", x)), attribute("y", format("%.1f", y)),
                attribute("width", format("%.1f", width)), attribute("height", format("%.1f", height)));
    }

    private static Html label(int x, int y, String words) {
        return element("text", cssClass("label"), attribute("text-anchor", "middle"), attribute("x", x), attribute("y", y), text(words));
    }

    /** What the diagram shows, for those who cannot see it. */
    private static String description(Calibration calibration) {
        var words = new StringBuilder("Reliability of " + calibration.conversations() + " diagnosis probabilities.");
        calibration.bins().stream().filter(bin -> bin.conversations() > 0).forEach(bin -> words.append(
                format(" Confidence %.2f: %.2f right of %d.", bin.confidence(), bin.accuracy(), bin.conversations())));
        return words.toString();
    }
}
