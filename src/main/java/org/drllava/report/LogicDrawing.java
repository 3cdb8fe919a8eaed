package org.drllava.report;

import static org.drllava.report.Html.all;
import static org.drllava.report.Html.attribute;
import static org.drllava.report.Html.cssClass;
import static org.drllava.report.Html.element;
import static org.drllava.report.Html.format;
import static org.drllava.report.Html.nothing;
import static org.drllava.report.Html.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.report.LogicLayout.Box;
import org.drllava.report.LogicLayout.Column;

/**
 * A clinical logic as a drawing: a column for each question, a box for each symbol, a coloured line for each diagnosis that
 * runs through the boxes of its path to its own box on the right. Arcs above say which question comes after which.
 */
public final class LogicDrawing {
    /** How many colours the style sheet has; later diagnoses repeat them, dashed. */
    private static final int COLOURS = 12;

    private final ClinicalLogic logic;
    private final LogicLayout layout;

    private LogicDrawing(ClinicalLogic logic) {
        this.logic = logic;
        this.layout = LogicLayout.of(logic);
    }

    /** One SVG document that needs nothing else. */
    public static String svg(ClinicalLogic logic) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + new LogicDrawing(logic).draw().markup() + "\n";
    }

    /** The same inside a page: it shrinks to the page's width as far as it can be read, and scrolls beyond that. */
    static Html figure(ClinicalLogic logic) {
        var drawing = new LogicDrawing(logic);
        int width = drawing.layout.width();
        return Html.scrolling("The clinical logic", element("figure", cssClass("logic"),
                attribute("style", format("min-width:%dpx;max-width:%dpx", width * 3 / 4, width)), drawing.draw()));
    }

    private Html draw() {
        return element("svg", attribute("xmlns", "http://www.w3.org/2000/svg"), cssClass("logic-drawing"),
                attribute("viewBox", format("0 0 %d %d", layout.width(), layout.height())),
                attribute("width", layout.width()), attribute("height", layout.height()), attribute("role", "img"), attribute("aria-label", description()),
                element("style", new Html.Verbatim(styleSheet())),
                element("rect", cssClass("ground"), attribute("width", "100%"), attribute("height", "100%")),
                label("title", LogicLayout.MARGIN, 34, "start", logic.name()),
                label("soft", LogicLayout.MARGIN, 54, "start", summary()),
                all(layout.columns().stream().map(this::header).toList()),
                label("question", layout.diagnosisBox(0).x(), layout.headerY(), "start", "Diagnoses"),
                all(layout.arcs().stream().map(LogicDrawing::arc).toList()),
                all(IntStream.range(0, layout.order().size()).mapToObj(this::line).toList()),
                all(layout.columns().stream().flatMap(c -> c.boxes().stream()).map(LogicDrawing::symbol).toList()),
                all(IntStream.range(0, layout.order().size()).mapToObj(this::diagnosis).toList()),
                legend());
    }

    private String summary() {
        return logic.questions().size() + (logic.questions().size() == 1 ? " question, " : " questions, ") + logic.diagnoses().size()
                + (logic.diagnoses().size() == 1 ? " diagnosis" : " diagnoses");
    }

    /** For those who cannot see it. */
    private String description() {
        return logic.name() + ": " + String.join("; ", logic.diagnoses().stream().map(d -> d.name() + ": "
                + String.join(", ", d.path().entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList())).toList());
    }

    private Html header(Column column) {
        var lines = new ArrayList<Html>();
        lines.add(fitted("question", column.x(), layout.headerY(), column.width(), column.title()));
        for (int i = 0; i < column.wording().size(); i++) {
            lines.add(label("soft", column.x(), layout.headerY() + 18 + 15 * i, "start", column.wording().get(i)));
        }
        return all(lines);
    }

    private static Html arc(LogicLayout.Arc arc) {
        return all(element("path", cssClass("after"), attribute("d", format("M%d %dV%dH%dV%d", arc.from(), arc.base(), arc.top(), arc.to(), arc.base()))),
                element("path", cssClass("tip"), attribute("d", format("M%d %dl-4 -7h8z", arc.to(), arc.base()))));
    }

    /** One diagnosis's way from the first question to its own box. */
    private Html line(int rank) {
        var d = new StringBuilder();
        List<LogicLayout.Port> ports = layout.ports(rank);
        for (int i = 0; i + 1 < ports.size(); i++) {
            var from = ports.get(i);
            var to = ports.get(i + 1);
            double bend = (to.left() - from.right()) / 2.0;
            d.append(format("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", (double) from.right(), from.y(), from.right() + bend, from.y(), to.left() - bend, to.y(),
                    (double) to.left(), to.y()));
        }
        return element("path", cssClass("line " + colour(rank)), attribute("d", d.toString()), element("title", layout.order().get(rank).name()));
    }

    private static Html symbol(Box box) {
        return all(rectangle(box.paths() == 0 ? "symbol unused" : "symbol", box),
                fitted(box.paths() == 0 ? "soft" : "name", box.x() + LogicLayout.PADDING, box.middle() + 5, box.width() - 2 * LogicLayout.PADDING, box.name()));
    }

    private Html diagnosis(int rank) {
        Diagnosis diagnosis = layout.order().get(rank);
        Box box = layout.diagnosisBox(rank);
        int inside = box.width() - 2 * LogicLayout.PADDING - 6;
        int x = box.x() + LogicLayout.PADDING + 6;
        boolean labelled = !diagnosis.labels().isEmpty();
        return all(rectangle("diagnosis", box),
                element("path", cssClass("line " + colour(rank)), attribute("d", format("M%d %dv%d", box.x() + 3, box.y() + 3, box.height() - 6))),
                fitted("diagnosis-name", x, box.middle() + (labelled ? -2 : 5), inside, diagnosis.name()),
                labelled ? fitted("soft", x, box.middle() + 14, inside, String.join(", ", diagnosis.labels())) : nothing());
    }

    private Html legend() {
        int y = layout.height() - 22;
        int x = LogicLayout.MARGIN;
        var parts = new ArrayList<Html>();
        parts.add(element("path", cssClass("line c0"), attribute("d", format("M%d %dh26", x, y - 4))));
        parts.add(label("soft", x + 34, y, "start", "path of a diagnosis"));
        x += 180;
        parts.add(element("rect", cssClass("symbol unused"), attribute("x", x), attribute("y", y - 12), attribute("width", 26), attribute("height", 15), attribute("rx", 5)));
        parts.add(label("soft", x + 34, y, "start", "answer on no path"));
        if (!layout.arcs().isEmpty()) {
            x += 172;
            parts.add(element("path", cssClass("after"), attribute("d", format("M%d %dv-10h18v4", x, y))));
            parts.add(element("path", cssClass("tip"), attribute("d", format("M%d %dl-4 -7h8z", x + 18, y))));
            parts.add(label("soft", x + 34, y, "start", "asked after"));
        }
        return all(parts);
    }

    private static Html rectangle(String name, Box box) {
        return element("rect", cssClass(name), attribute("x", box.x()), attribute("y", box.y()), attribute("width", box.width()),
                attribute("height", box.height()), attribute("rx", 7));
    }

    /** A text that is cut where its room ends; the whole of it shows when one points at it. */
    private static Html fitted(String name, int x, int y, int width, String content) {
        var shown = LogicLayout.cut(content, width);
        return element("text", cssClass(name), attribute("x", x), attribute("y", y), text(shown),
                shown.equals(content) ? nothing() : element("title", content));
    }

    private static Html label(String name, int x, int y, String anchor, String content) {
        return element("text", cssClass(name), attribute("x", x), attribute("y", y), attribute("text-anchor", anchor), text(content));
    }

    private static String colour(int rank) {
        return "c" + rank % COLOURS + (rank >= COLOURS ? " dashed" : "");
    }

    private static String styleSheet() {
        try (InputStream css = LogicDrawing.class.getResourceAsStream("/report/logic.css")) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
