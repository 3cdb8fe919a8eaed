package org.drllava.report;

import static org.drllava.report.Html.all;
import static org.drllava.report.Html.attribute;
import static org.drllava.report.Html.cssClass;
import static org.drllava.report.Html.element;
import static org.drllava.report.Html.nothing;
import static org.drllava.report.Html.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.drllava.common.AtomicFile;

/** Writes a report as one HTML file that needs nothing else: no script, no network, pictures and plots inside it. */
public final class HtmlReport {
    /** The page may use its own style sheet and its own pictures, and nothing whatever from elsewhere. */
    private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    private HtmlReport() {}

    /** Writes the report, which is there whole or not at all; see {@link AtomicFile#write(Path, String)}. */
    public static void write(Path file, ReportData data) {
        AtomicFile.write(file, page(data));
    }

    static String page(ReportData data) {
        return "<!doctype html>\n" + element("html", attribute("lang", "en"),
                element("head",
                        element("meta", attribute("charset", "utf-8")),
                        element("meta", attribute("http-equiv", "Content-Security-Policy"), attribute("content", POLICY)),
                        element("meta", attribute("name", "viewport"), attribute("content", "width=device-width, initial-scale=1")),
                        element("meta", attribute("name", "color-scheme"), attribute("content", "light dark")),
                        element("title", data.title()),
                        element("style", new Html.Verbatim(styleSheet()))),
                element("body", body(data))).markup() + "\n";
    }

    private static Html body(ReportData data) {
        return all(
                element("header",
                        element("h1", data.title()),
                        all(data.lead().stream().map(paragraph -> element("p", "lead", paragraph)).toList()),
                        facts(data.facts())),
                element("main",
                        section("Results", data.arms(), () -> all(Results.headline(data.arms()), Results.byQuestion(data.arms()),
                                element("h3", "Accuracies and what to see beside them"), Breakdown.levels(data.arms()),
                                element("h3", "Hints, abstention, unreadable answers"), Breakdown.behaviour(data.arms()))),
                        section("By scenario", data.arms().stream().filter(Breakdown::hasScenarios).toList(), () -> Breakdown.scenarios(data.arms())),
                        section("By class", data.arms(), () -> Breakdown.classes(data.arms())),
                        section("Calibration of the diagnosis probabilities", data.arms().stream().filter(Reliability::hasOne).toList(),
                                () -> Reliability.figures(data.arms())),
                        section("Clinical logic", data.logic().stream().toList(), () -> LogicDrawing.figure(data.logic().orElseThrow())),
                        section("Training", data.curves(), () -> element("div", cssClass("plots"),
                                all(data.curves().stream().map(LinePlot::figure).toList()))),
                        section("Answers by truth", data.confusions(), () -> Heatmap.tables(data.confusions())),
                        section("Conversations", data.samples(), () -> all(
                                data.samples().stream().map(Samples::card).toList())),
                        section("Time", data.phases(), () -> Phases.bar(data.phases())),
                        data.settings().isBlank() ? nothing() : settings(data.settings())),
                element("footer", element("p", "Research software; not for clinical use.")));
    }

    private static Html section(String title, List<?> content, Supplier<Html> body) {
        return content.isEmpty() ? nothing() : element("section", element("h2", title), body.get());
    }

    private static Html facts(List<ReportData.Fact> facts) {
        return facts.isEmpty() ? nothing() : element("dl", cssClass("facts"), all(facts.stream()
                .map(fact -> element("div", element("dt", fact.name()), element("dd", fact.value())))
                .toList()));
    }

    private static Html settings(String settings) {
        return element("section", element("h2", "Settings"), element("details",
                element("summary", text("Show the configuration of this run")),
                element("pre", element("code", settings))));
    }

    private static String styleSheet() {
        try (InputStream css = HtmlReport.class.getResourceAsStream("/report/report.css")) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
