package org.drllava.report;

import static org.drllava.report.Html.all;
import static org.drllava.report.Html.attribute;
import static org.drllava.report.Html.cssClass;
import static org.drllava.report.Html.element;
import static org.drllava.report.Html.nothing;
import static org.drllava.report.Html.scrolling;
import static org.drllava.report.Html.text;

import java.util.List;
import java.util.stream.IntStream;
import org.drllava.evaluate.Confusion;

/** Confusion matrices as tables: the count in each cell, coloured by its share of the row. */
final class Heatmap {
    private Heatmap() {}

    static Html tables(List<ReportData.DiagnosisMatrix> matrices) {
        return element("div", cssClass("matrices"), all(matrices.stream().map(Heatmap::table).toList()));
    }

    private static Html table(ReportData.DiagnosisMatrix matrix) {
        var confusion = matrix.confusion();
        return scrolling(matrix.title(), element("table", cssClass("heat"),
                element("caption", matrix.title()),
                element("thead", element("tr",
                        element("th", attribute("scope", "col"), text("truth ↓ read →")),
                        all(confusion.columns().stream()
                                .map(name -> element("th", attribute("scope", "col"), text(name)))
                                .toList()))),
                element("tbody", all(IntStream.range(0, confusion.rows().size()).mapToObj(i -> row(confusion, i)).toList()))));
    }

    private static Html row(Confusion confusion, int row) {
        var counts = confusion.counts().get(row);
        int sum = counts.stream().mapToInt(Integer::intValue).sum();
        return element("tr",
                element("th", attribute("scope", "row"), text(confusion.rows().get(row))),
                all(counts.stream().map(count -> cell(count, sum)).toList()));
    }

    private static Html cell(int count, int rowSum) {
        int percent = rowSum == 0 ? 0 : Math.round(100f * count / rowSum);
        return element("td",
                count == 0 ? cssClass("zero") : nothing(),
                attribute("style", "--heat:" + percent + "%"),
                attribute("title", percent + " % of this row"),
                text(Integer.toString(count)));
    }
}
