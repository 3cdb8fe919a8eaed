package org.drllava.report;

import static org.drllava.report.Html.all;
import static org.drllava.report.Html.attribute;
import static org.drllava.report.Html.cssClass;
import static org.drllava.report.Html.element;
import static org.drllava.report.Html.format;
import static org.drllava.report.Html.nothing;
import static org.drllava.report.Html.scrolling;
import static org.drllava.report.Html.text;

import java.util.Comparator;
import java.util.List;
import org.drllava.evaluate.Estimate;
import org.drllava.evaluate.Metric;

/** The table of the four metrics by arm, each with its limits and its difference to the first arm. */
final class Results {
    private Results() {}

    /** The four metrics: a column an arm. */
    static Html headline(List<Arm> arms) {
        var base = arms.getFirst();
        var rows = Metric.HEADLINE.stream().map(metric -> row(metric, arms)).toList();
        String note = format("Brackets: 95 %% interval, resampled by patient (%d patients, %d conversations).",
                base.metrics().all().patients(), base.metrics().all().conversations())
                + (arms.size() > 1 ? " Differences are percentage points against " + base.name() + "; the largest gain of a row is marked, "
                + "colour says that the interval leaves out zero." : "");
        return all(scrolling("Results", element("table", cssClass("results"),
                element("thead", element("tr",
                        element("th", attribute("scope", "col"), text("Metric")),
                        all(arms.stream().map(arm -> element("th", attribute("scope", "col"), text(arm.name()))).toList()))),
                element("tbody", all(rows)))),
                element("p", "note", note));
    }

    /** Accuracy, macro F1 and balanced accuracy of each question; questions that an arm was not asked are dashes. */
    static Html byQuestion(List<Arm> arms) {
        var rows = arms.getFirst().metrics().questions().stream()
                .map(score -> element("tr",
                        element("th", attribute("scope", "row"), text(score.question())),
                        element("td", format("%.1f", 100 * score.majority().value())),
                        all(arms.stream().map(arm -> accuracy(arm, score.question())).toList())))
                .toList();
        return element("details", cssClass("questions"),
                element("summary", "By question"),
                scrolling("Results by question", element("table",
                        element("caption", "Accuracy in percent with 95 % limits, macro F1 and balanced accuracy beside it. Baseline: always the answer that is most often true."),
                        element("thead", element("tr",
                                element("th", attribute("scope", "col"), text("Question")),
                                element("th", attribute("scope", "col"), text("Baseline")),
                                all(arms.stream().map(arm -> element("th", attribute("scope", "col"), text(arm.name()))).toList()))),
                        element("tbody", all(rows)))));
    }

    private static Html accuracy(Arm arm, String question) {
        return arm.metrics().questions().stream()
                .filter(score -> score.question().equals(question))
                .findFirst()
                .map(score -> element("td", text(format("%.1f", 100 * score.accuracy().value())),
                        element("small", format(" [%.1f, %.1f] F1 %.1f, balanced %.1f", 100 * score.accuracy().low(), 100 * score.accuracy().high(),
                                100 * score.macroF1().value(), 100 * score.balancedAccuracy().value()))))
                .orElse(element("td", "–"));
    }

    private static Html row(Metric metric, List<Arm> arms) {
        var base = arms.getFirst();
        // Compared as printed: a gain that shows as +0.0 is none.
        var best = arms.stream().skip(1)
                .filter(arm -> points(metric, arm, base) >= 0.05)
                .max(Comparator.comparingDouble(arm -> points(metric, arm, base)));
        return element("tr",
                element("th", attribute("scope", "row"), text(capital(metric.title())), element("small", metric.meaning())),
                all(arms.stream()
                        .map(arm -> cell(metric, arm, base, best.filter(b -> b == arm).isPresent()))
                        .toList()));
    }

    private static Html cell(Metric metric, Arm arm, Arm base, boolean best) {
        var estimate = arm.metrics().estimate(metric);
        if (Double.isNaN(estimate.value())) {
            return element("td", attribute("data-arm", arm.name()), text("–"));
        }
        return element("td", attribute("data-arm", arm.name()), best ? cssClass("best") : nothing(),
                element("span", cssClass("value"), text(format("%.1f", 100 * estimate.value())), element("span", "unit", " %")),
                element("small", format("[%.1f, %.1f]", 100 * estimate.low(), 100 * estimate.high())),
                arm == base ? nothing() : difference(points(metric, arm, base), arm.gains().get(metric), best));
    }

    private static Html difference(double points, Estimate gain, boolean best) {
        if (Double.isNaN(points)) {
            return nothing();
        }
        // Coloured only where the limits leave no doubt about the sign.
        double sure = gain == null ? points : gain.low() > 0 ? gain.low() : gain.high() < 0 ? gain.high() : 0;
        String direction = sure > 0 ? "up" : sure < 0 ? "down" : "same";
        return element("span", cssClass("gain " + direction),
                text(signed(points)),
                gain == null ? nothing() : element("small", " [" + signed(100 * gain.low()) + ", " + signed(100 * gain.high()) + "]"),
                best ? element("span", "hidden", " (largest gain)") : nothing());
    }

    private static double points(Metric metric, Arm arm, Arm base) {
        return 100 * (arm.metrics().estimate(metric).value() - base.metrics().estimate(metric).value());
    }

    /** With a minus as wide as the plus. */
    private static String signed(double points) {
        return format("%+.1f", points).replace('-', '−');
    }

    static String capital(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
