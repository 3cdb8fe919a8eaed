package org.drllava.report;

import static org.drllava.report.Html.all;
import static org.drllava.report.Html.attribute;
import static org.drllava.report.Html.cssClass;
import static org.drllava.report.Html.element;
import static org.drllava.report.Html.format;
import static org.drllava.report.Html.text;

import java.util.List;
import java.util.stream.IntStream;

/** Seconds by phase: one bar whose pieces are as long as the phases, and a list with the numbers. */
final class Phases {
    private Phases() {}

    static Html bar(List<ReportData.Phase> phases) {
        double total = phases.stream().mapToDouble(ReportData.Phase::seconds).sum();
        var pieces = IntStream.range(0, phases.size())
                .mapToObj(i -> element("span", cssClass(colour(i)),
                        attribute("style", format("flex-grow:%.4f", total > 0 ? phases.get(i).seconds() / total : 0))))
                .toList();
        var numbers = IntStream.range(0, phases.size())
                .mapToObj(i -> element("li",
                        element("span", cssClass("swatch " + colour(i))),
                        text(phases.get(i).name() + " "),
                        element("b", duration(phases.get(i).seconds())),
                        element("small", format(" %.0f %%", total > 0 ? 100 * phases.get(i).seconds() / total : 0))))
                .toList();
        return all(
                element("p", "Together " + duration(total) + "."),
                element("div", cssClass("bar"), attribute("aria-hidden", "true"), all(pieces)),
                element("ul", cssClass("legend"), all(numbers)));
    }

    private static String colour(int index) {
        return "c" + index % LinePlot.COLOURS;
    }

    static String duration(double seconds) {
        if (seconds < 100) {
            return format(seconds < 10 ? "%.1f s" : "%.0f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600 ? whole / 60 + " min " + whole % 60 + " s" : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }
}
