package org.drllava.clinical.paraphrase;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.drllava.clinical.paraphrase.Outcome.Failed;
import org.drllava.clinical.paraphrase.Outcome.Proposed;
import org.drllava.clinical.paraphrase.Rejection.Reason;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run asked for, got, kept and cost.
 *
 * @param prices empty where the user gave none
 */
public record ParaphraseReport(List<Outcome> outcomes, Map<Meaning, List<String>> kept, List<Rejection> rejected, Spent spent, Optional<Prices> prices) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int EXAMPLES = 3;
    private static final int SHOWN_CHARACTERS = 120;

    /** Of a million tokens each, in any currency. */
    public record Prices(double in, double out) {}

    /** The rephrasings that came to nothing. */
    public List<Failed> failed() {
        return outcomes.stream().filter(Failed.class::isInstance).map(Failed.class::cast).toList();
    }

    /** Lines for people: everything in numbers, with examples of what was rejected and why. */
    public String text() {
        var lines = new ArrayList<String>();
        lines.add("rephrasings " + outcomes.size() + ", cached " + cached() + ", failed " + failed().size());
        lines.add("requests " + spent.requests() + ", tokens in " + spent.tokensIn() + ", out " + spent.tokensOut()
                + (spent.unmetered() > 0 ? ", not told for " + spent.unmetered() + " of " + spent.replies() + " replies" : "")
                + cost().map(cost -> String.format(Locale.ROOT, ", cost about %.4f", cost)).orElse(""));
        lines.add("kept " + kept(true) + " questions and " + kept(false) + " answers, rejected " + rejected.size());
        byReason().forEach((reason, rejections) -> {
            lines.add("  " + rejections.size() + " " + reason.words());
            rejections.stream().map(ParaphraseReport::example).distinct().limit(EXAMPLES).forEach(lines::add);
        });
        failed().stream().collect(Collectors.groupingBy(Failed::reason, TreeMap::new, Collectors.toList())).forEach((reason, failures) -> {
            lines.add("failed " + failures.size() + ": " + reason);
            failures.stream().limit(EXAMPLES).forEach(failure -> lines.add("      " + failure.rephrasing().meaning() + ": \""
                    + Printable.text(failure.rephrasing().wording(), SHOWN_CHARACTERS) + "\", " + failure.rephrasing().style()));
        });
        return String.join("\n", lines) + "\n";
    }

    private static String example(Rejection rejection) {
        return "      " + rejection.rephrasing().meaning() + ": \"" + Printable.text(rejection.text(), SHOWN_CHARACTERS) + "\""
                + (rejection.detail().isEmpty() ? "" : " (" + rejection.detail() + ")");
    }

    /** The same as JSON, with every text kept and rejected. */
    public String json() {
        var report = JsonNodeFactory.instance.objectNode();
        report.put("rephrasings", outcomes.size()).put("cached", cached());
        report.put("requests", spent.requests()).put("replies", spent.replies()).put("replies_without_usage", spent.unmetered())
                .put("tokens_in", spent.tokensIn()).put("tokens_out", spent.tokensOut());
        cost().ifPresentOrElse(cost -> report.put("cost", cost), () -> report.putNull("cost"));
        var taken = report.putArray("kept");
        kept.forEach((meaning, texts) -> texts.forEach(text -> meaning(taken.addObject(), meaning).put("text", text)));
        var counts = report.putObject("rejected_by_reason");
        byReason().forEach((reason, rejections) -> counts.put(name(reason), rejections.size()));
        var refused = report.putArray("rejected");
        rejected.forEach(rejection -> asked(refused.addObject(), rejection.rephrasing()).put("text", rejection.text())
                .put("reason", name(rejection.reason())).put("detail", rejection.detail()));
        var failures = report.putArray("failed");
        failed().forEach(failure -> asked(failures.addObject(), failure.rephrasing()).put("reason", failure.reason()));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
    }

    private static ObjectNode asked(ObjectNode node, Rephrasing rephrasing) {
        return meaning(node, rephrasing.meaning()).put("wording", rephrasing.wording()).put("style", rephrasing.style());
    }

    private static ObjectNode meaning(ObjectNode node, Meaning meaning) {
        return node.put("question", meaning.question()).put("symbol", meaning.symbol().orElse(null));
    }

    private long cached() {
        return outcomes.stream().filter(outcome -> outcome instanceof Proposed(_, _, var cached) && cached).count();
    }

    private Optional<Double> cost() {
        return prices.map(price -> spent.cost(price.in(), price.out()));
    }

    private int kept(boolean questions) {
        return kept.entrySet().stream().filter(entry -> entry.getKey().symbol().isEmpty() == questions).mapToInt(entry -> entry.getValue().size()).sum();
    }

    private TreeMap<Reason, List<Rejection>> byReason() {
        return rejected.stream().collect(Collectors.groupingBy(Rejection::reason, TreeMap::new, Collectors.toList()));
    }

    private static String name(Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
