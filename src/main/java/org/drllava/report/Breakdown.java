package org.drllava.report;

import static org.drllava.report.Html.all;
import static org.drllava.report.Html.attribute;
import static org.drllava.report.Html.cssClass;
import static org.drllava.report.Html.element;
import static org.drllava.report.Html.format;
import static org.drllava.report.Html.scrolling;
import static org.drllava.report.Html.text;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.drllava.evaluate.Estimate;
import org.drllava.evaluate.Metric;
import org.drllava.evaluate.Metrics;
import org.drllava.evaluate.Scores;

/** The metrics behind the headline: what an accuracy has to be seen beside, parts of the conversations, how a model behaves. */
final class Breakdown {
    private static final List<Metric> BEHAVIOUR = List.of(Metric.NO_MATCH, Metric.CONFLICT, Metric.ABSTENTION, Metric.OVER_ABSTENTION,
            Metric.MISLED_FOLLOWED, Metric.MISLED_ACCURACY, Metric.MISLED_F1, Metric.MISLED_BALANCED, Metric.MISLED_MAJORITY,
            Metric.SUPPORTED_ACCURACY);

    /** A column of a part's table. */
    private record Column(String title, Metric metric) {}

    private static final List<Column> COLUMNS = List.of(new Column("Questions", Metric.QUESTION_ACCURACY), new Column("Macro F1", Metric.QUESTION_F1),
            new Column("Majority", Metric.QUESTION_MAJORITY), new Column("Conversations", Metric.CONVERSATION_ACCURACY),
            new Column("Diagnoses", Metric.DIAGNOSIS_ACCURACY), new Column("Consistency", Metric.CONSISTENCY),
            new Column("No match", Metric.NO_MATCH), new Column("Conflict", Metric.CONFLICT), new Column("Misled", Metric.MISLED_FOLLOWED));

    private Breakdown() {}

    /** Accuracy, macro F1, balanced accuracy and majority baseline of questions, conversations and diagnoses: a row an arm. */
    static Html levels(List<Arm> arms) {
        var rows = Stream.of("question", "conversation", "diagnosis").flatMap(level -> arms.stream().map(arm -> element("tr",
                head(Results.capital(arms.size() > 1 ? level + ", " + arm.name() : level)),
                all(Stream.of(level + "_accuracy", "macro_f1." + level, "balanced_accuracy." + level, "majority." + level)
                        .map(key -> cell(arm.metrics().estimate(metric(key)))).toList()))));
        return table("Accuracies and what to see beside them", "In percent, with 95 % limits by patient. Majority: always the answer that is most often true.",
                List.of("Level", "Accuracy", "Macro F1", "Balanced accuracy", "Majority"), rows.toList());
    }

    static boolean hasScenarios(Arm arm) {
        return !arm.metrics().scenarios().isEmpty();
    }

    static Html scenarios(List<Arm> arms) {
        return parts("Scenario", arms, Metrics::scenarios);
    }

    static Html classes(List<Arm> arms) {
        return parts("Class", arms, Metrics::classes);
    }

    /** No match, abstention, hints: a column an arm; what nobody was asked is left out. */
    static Html behaviour(List<Arm> arms) {
        var rows = BEHAVIOUR.stream().filter(metric -> arms.stream().anyMatch(arm -> !Double.isNaN(arm.metrics().estimate(metric).value())))
                .map(metric -> element("tr", element("th", attribute("scope", "row"), text(Results.capital(metric.title())), element("small", metric.meaning())),
                        all(arms.stream().map(arm -> cell(arm.metrics().estimate(metric))).toList()))).toList();
        return table("Hints, abstention, unreadable answers", "In percent, with 95 % limits by patient.",
                Stream.concat(Stream.of("Behaviour"), arms.stream().map(Arm::name)).toList(), rows);
    }

    private static Html parts(String kind, List<Arm> arms, Function<Metrics, Map<String, Scores>> parts) {
        var names = new TreeSet<String>();
        arms.forEach(arm -> names.addAll(parts.apply(arm.metrics()).keySet()));
        var columns = COLUMNS.stream().filter(column -> arms.stream().anyMatch(arm -> parts.apply(arm.metrics()).values().stream()
                .anyMatch(scores -> !Double.isNaN(scores.estimates().get(column.metric()).value())))).toList();
        var rows = names.stream().flatMap(name -> arms.stream().filter(arm -> parts.apply(arm.metrics()).containsKey(name)).map(arm -> {
            var scores = parts.apply(arm.metrics()).get(name);
            return element("tr", element("th", attribute("scope", "row"), text(arms.size() > 1 ? name + ", " + arm.name() : name),
                    element("small", scores.conversations() + (scores.conversations() == 1 ? " conversation" : " conversations"))),
                    all(columns.stream().map(column -> cell(scores.estimates().get(column.metric()))).toList()));
        })).toList();
        return table(kind, "In percent, with 95 % limits by patient. Misled: misleadingly hinted questions that are answered as the hint says.",
                Stream.concat(Stream.of(kind), columns.stream().map(Column::title)).toList(), rows);
    }

    private static Html table(String label, String caption, List<String> heads, List<Html> rows) {
        return scrolling(label, element("table", cssClass("breakdown"), element("caption", caption),
                element("thead", element("tr", all(heads.stream().map(name -> element("th", attribute("scope", "col"), text(name))).toList()))),
                element("tbody", all(rows))));
    }

    private static Html head(String name) {
        return element("th", attribute("scope", "row"), text(name));
    }

    private static Html cell(Estimate e) {
        return Double.isNaN(e.value()) ? element("td", "–")
                : element("td", text(format("%.1f", 100 * e.value())), element("small", format("[%.1f, %.1f]", 100 * e.low(), 100 * e.high())));
    }

    private static Metric metric(String key) {
        return Stream.of(Metric.values()).filter(metric -> metric.key().equals(key)).findFirst().orElseThrow();
    }
}
