package org.drllava.benchmarks;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints JMH's JSON as a table that puts each of the project's methods beside its peer: what begins with {@code kernel} beside what
 * goes on in the same way after {@code aten}, what begins with {@code panama} beside {@code javaCpp}. Each side counts with its
 * best iteration, or its fastest call where each was timed ({@code -bm sample}), which other work on the machine disturbs least.
 */
public final class Ratios {
    private static final Map<String, String> PEERS = Map.of("kernel", "aten", "panama", "javaCpp");

    /** The counter of {@link RolloutBenchmark}, which says more than rollouts a second. */
    private static final String TOKENS = "tokens";

    private final SequencedMap<String, Score> scores = new LinkedHashMap<>();

    /** @param best of all iterations or calls; @param rate whether more is better */
    private record Score(String benchmark, String parameters, double best, String unit, boolean rate) {
        static Score of(JsonNode result) {
            String name = result.get("benchmark").asString();
            String parameters = result.has("params") ? result.get("params").properties().stream()
                    .map(parameter -> parameter.getKey() + " " + parameter.getValue().asString()).collect(Collectors.joining(", ")) : "";
            boolean rate = result.get("mode").asString().equals("thrpt");
            JsonNode counted = result.get("secondaryMetrics").get(TOKENS);
            JsonNode metric = counted != null ? counted : result.get("primaryMetric");
            return new Score(name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1), parameters, best(metric, rate),
                    counted != null ? TOKENS + "/s" : metric.get("scoreUnit").asString(), rate);
        }

        private static double best(JsonNode metric, boolean rate) {
            JsonNode iterations = metric.get("rawData");
            if (iterations == null) { // where each call was timed, there are percentiles
                return metric.get("scorePercentiles").get("0.0").asDouble();
            }
            var all = iterations.valueStream().flatMap(JsonNode::valueStream).mapToDouble(JsonNode::asDouble);
            return (rate ? all.max() : all.min()).orElseThrow();
        }

        String method() {
            return benchmark.substring(benchmark.indexOf('.') + 1);
        }

        String key() {
            return benchmark + " " + parameters;
        }

        /** How many times faster than {@code other}. */
        double over(Score other) {
            return rate ? best / other.best : other.best / best;
        }
    }

    private Ratios(JsonNode results) {
        results.valueStream().map(Score::of).forEach(score -> scores.put(score.key(), score));
    }

    /** The table's lines; none where nothing has a peer. @param results as JMH writes them */
    static List<String> rows(JsonNode results) {
        return new Ratios(results).rows();
    }

    private List<String> rows() {
        return scores.values().stream().flatMap(ours -> PEERS.entrySet().stream().filter(pair -> ours.method().startsWith(pair.getKey()))
                .map(pair -> scores.get(ours.key().replace("." + pair.getKey(), "." + pair.getValue())))
                .filter(peer -> peer != null).map(peer -> row(ours, peer))).toList();
    }

    private static String row(Score ours, Score peer) {
        return String.format(Locale.ROOT, "| %-35s | %-32s | %10s | %10s | %-8s | %6.2f |", ours.benchmark(), ours.parameters(), rounded(ours.best()),
                rounded(peer.best()), ours.unit(), ours.over(peer));
    }

    /** Three digits and no exponent. */
    private static String rounded(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    /** @param arguments a file that JMH wrote with {@code -rf json} */
    public static void main(String[] arguments) {
        List<String> rows = rows(JsonMapper.shared().readTree(Path.of(arguments[0]).toFile()));
        if (rows.isEmpty()) {
            return;
        }
        System.out.printf("%n| %-35s | %-32s | %10s | %10s | %-8s | %6s |%n", "ours", "parameters", "ours", "peer", "unit", "times");
        System.out.println("|---|---|---:|---:|---|---:|");
        rows.forEach(System.out::println);
    }
}
