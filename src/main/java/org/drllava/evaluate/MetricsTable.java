package org.drllava.evaluate;

import static org.drllava.evaluate.TextTable.interval;
import static org.drllava.evaluate.TextTable.percent;
import static org.drllava.evaluate.TextTable.points;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Tables of metrics for a terminal, in percent. */
public final class MetricsTable {
    private MetricsTable() {}

    /**
     * The four headline metrics of each arm with 95 % limits, then the points that later arms have over the first.
     *
     * @param arms name to metrics, in the order of the columns
     */
    public static String headline(Map<String, Metrics> arms) {
        var names = List.copyOf(arms.keySet());
        var table = new TextTable().row("", names);
        for (var metric : Metric.HEADLINE) {
            table.row(metric.title(), arms.values().stream().map(m -> interval(m.estimate(metric))).toList());
        }
        if (names.size() > 1) {
            var base = arms.get(names.getFirst());
            table.row("").row("points over " + names.getFirst());
            for (var metric : Metric.HEADLINE) {
                table.row(metric.title(), arms.values().stream()
                        .map(m -> m == base ? "" : points(m.estimate(metric).value() - base.estimate(metric).value()))
                        .toList());
            }
        }
        return table.toString();
    }

    /** Everything else about one model, a table a question that a reader may have; what there is nothing of is left out. */
    public static String details(Metrics metrics) {
        var tables = Stream.of(levels(metrics), questions(metrics), parts("scenario", metrics.scenarios()), parts("class", metrics.classes()),
                behaviour(metrics), calibration(metrics), confusion(metrics.diagnoses()));
        return String.join("\n", tables.filter(table -> !table.isEmpty()).toList());
    }

    /** The three accuracies, each with what it has to be seen beside. */
    static String levels(Metrics metrics) {
        return new TextTable().row("level", "accuracy", "macro F1", "balanced", "majority")
                .row("question", level(metrics, Metric.QUESTION_ACCURACY, Metric.QUESTION_F1, Metric.QUESTION_BALANCED, Metric.QUESTION_MAJORITY))
                .row("conversation", level(metrics, Metric.CONVERSATION_ACCURACY, Metric.CONVERSATION_F1, Metric.CONVERSATION_BALANCED,
                        Metric.CONVERSATION_MAJORITY))
                .row("diagnosis", level(metrics, Metric.DIAGNOSIS_ACCURACY, Metric.DIAGNOSIS_F1, Metric.DIAGNOSIS_BALANCED, Metric.DIAGNOSIS_MAJORITY))
                .toString();
    }

    private static List<String> level(Metrics metrics, Metric... columns) {
        return Stream.of(columns).map(metric -> interval(metrics.estimate(metric))).toList();
    }

    /** A line a question: accuracy with limits and what it has to be seen beside, unreadable answers. */
    static String questions(Metrics metrics) {
        var table = new TextTable().row("question", "accuracy", "macro F1", "balanced", "majority", "no match", "conflict", "answers");
        for (var score : metrics.questions()) {
            table.row(score.question(), interval(score.accuracy()), percent(score.macroF1().value()), percent(score.balancedAccuracy().value()),
                    percent(score.majority().value()), percent(score.noMatch().value()), percent(score.conflict().value()),
                    String.valueOf(score.answers()));
        }
        return table.toString();
    }

    private static String parts(String kind, Map<String, Scores> parts) {
        if (parts.isEmpty()) {
            return "";
        }
        var columns = List.of(Metric.QUESTION_ACCURACY, Metric.QUESTION_F1, Metric.QUESTION_MAJORITY, Metric.CONVERSATION_ACCURACY,
                Metric.DIAGNOSIS_ACCURACY, Metric.CONSISTENCY, Metric.MISLED_FOLLOWED);
        var table = new TextTable().row(kind, "questions", "macro F1", "majority", "conversations", "diagnoses", "consistency", "misled", "n");
        parts.forEach((name, scores) -> table.row(name, Stream.concat(
                columns.stream().map(metric -> percent(scores.estimates().get(metric).value())),
                Stream.of(String.valueOf(scores.conversations()))).toList()));
        return table.toString();
    }

    /** How a model behaves beside being right or wrong. */
    private static String behaviour(Metrics metrics) {
        var table = new TextTable().row("behaviour", "share of answers");
        for (var metric : List.of(Metric.NO_MATCH, Metric.CONFLICT, Metric.ABSTENTION, Metric.OVER_ABSTENTION, Metric.MISLED_FOLLOWED,
                Metric.MISLED_ACCURACY, Metric.MISLED_F1, Metric.MISLED_MAJORITY, Metric.SUPPORTED_ACCURACY)) {
            if (!Double.isNaN(metrics.estimate(metric).value())) {
                table.row(metric.title(), interval(metrics.estimate(metric)));
            }
        }
        return table.toString();
    }

    private static String calibration(Metrics metrics) {
        return metrics.calibration().map(c -> new TextTable().row("diagnosis probabilities", "", "of frequencies")
                .row("expected calibration error", number(c.error()), "")
                .row("Brier score", number(c.brier()), number(c.baseBrier()))
                .row("log loss (nats)", number(c.logLoss()), number(c.baseLogLoss()))
                .row("likeliest diagnosis is right", number(c.accuracy()), "")
                .row("mean confidence", number(c.confidence()), "").toString()).orElse("");
    }

    /** Rows are true, columns were read. */
    static String confusion(Confusion confusion) {
        if (confusion.rows().isEmpty()) {
            return "";
        }
        var table = new TextTable().row("truth \\ read", confusion.columns());
        for (int i = 0; i < confusion.rows().size(); i++) {
            table.row(confusion.rows().get(i), confusion.counts().get(i).stream().map(String::valueOf).toList());
        }
        return table.toString();
    }

    /** The differences of two runs with their limits and p values, then the conversations that only one has right. */
    public static String comparison(Comparison comparison) {
        var table = new TextTable().row("", "a", "b", "points b - a", "p");
        comparison.differences().forEach((metric, difference) -> table.row(metric.title(), percent(difference.before()), percent(difference.after()),
                String.format(Locale.ROOT, "%+5.1f [%+5.1f, %+5.1f]", 100 * difference.gain().value(), 100 * difference.gain().low(),
                        100 * difference.gain().high()), p(difference.p())));
        var right = comparison.mcNemar();
        return table + "\n" + new TextTable().row("conversations right", "in both", "only in a", "only in b", "in neither", "McNemar p")
                .row("", String.valueOf(right.bothRight()), String.valueOf(right.onlyBefore()), String.valueOf(right.onlyAfter()),
                        String.valueOf(right.bothWrong()), p(right.p()));
    }

    private static String p(double p) {
        return p < 0.0001 ? String.format(Locale.ROOT, "%.0e", p) : String.format(Locale.ROOT, "%.4f", p);
    }

    private static String number(Estimate e) {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", e.value(), e.low(), e.high());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
