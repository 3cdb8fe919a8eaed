package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.drllava.common.InputException;

/**
 * Two runs over the same conversations, held against each other.
 *
 * @param differences metrics that both have
 */
public record Comparison(int conversations, int patients, Map<Metric, Difference> differences, McNemar mcNemar) {

    /**
     * @param gain the second run's more, with 95 % limits from resampling both by patient
     * @param p    of {@link SignFlips}, two-sided
     */
    public record Difference(double before, double after, Estimate gain, double p) {}

    public Comparison {
        differences = Collections.unmodifiableMap(new EnumMap<>(differences));
    }

    /** @throws InputException naming the first thing in which the runs' logics, pictures or questions differ */
    public static Comparison of(AnsweredRun before, AnsweredRun after, long seed) {
        var second = inOrder(before, after);
        var arms = PairedArms.of(before.conversations(), second, before.questionnaire());
        var gains = arms.gains(seed);
        var pValues = arms.pValues(seed);
        var differences = new EnumMap<Metric, Difference>(Metric.class);
        gains.forEach((metric, gain) -> {
            if (!Double.isNaN(gain.value()) && !metric.baseline()) {
                differences.put(metric, new Difference(arms.value(metric, 0), arms.value(metric, 1), gain, pValues.get(metric)));
            }
        });
        return new Comparison(second.size(), arms.sums().patients(), differences, mcNemar(before.conversations(), second));
    }

    /** What the second run has more, by metric. */
    public Map<Metric, Estimate> gains() {
        var gains = new EnumMap<Metric, Estimate>(Metric.class);
        differences.forEach((metric, difference) -> gains.put(metric, difference.gain()));
        return gains;
    }

    private static McNemar mcNemar(List<AnsweredConversation> before, List<AnsweredConversation> after) {
        var counts = new int[4];
        for (int i = 0; i < before.size(); i++) {
            counts[(before.get(i).right() ? 0 : 2) + (after.get(i).right() ? 0 : 1)]++;
        }
        return new McNemar(counts[0], counts[1], counts[2], counts[3]);
    }

    /** The second run's conversations in the order of the first, once all that must be the same is. */
    private static List<AnsweredConversation> inOrder(AnsweredRun before, AnsweredRun after) {
        if (!before.questionnaire().equals(after.questionnaire())) {
            throw differ(before, after, "their answers were read by different logics");
        }
        Map<String, AnsweredConversation> byId = after.conversations().stream()
                .collect(Collectors.toMap(AnsweredConversation::id, conversation -> conversation));
        var ids = new TreeSet<>(byId.keySet());
        var ordered = new ArrayList<AnsweredConversation>();
        for (var one : before.conversations()) {
            if (!ids.remove(one.id())) {
                throw differ(before, after, "only the first has a conversation '" + one.id() + "'");
            }
            var other = byId.get(one.id());
            asked(one).forEach((name, value) -> {
                if (!value.equals(asked(other).get(name))) {
                    throw differ(before, after, "conversation '" + one.id() + "' has the " + name + " " + value + " in the first and "
                            + asked(other).get(name) + " in the second");
                }
            });
            ordered.add(other);
        }
        if (!ids.isEmpty()) {
            throw differ(before, after, "only the second has a conversation '" + ids.first() + "'");
        }
        return ordered;
    }

    /** What a model was given, and what is true: all but its answers. */
    private static Map<String, Object> asked(AnsweredConversation conversation) {
        var asked = new LinkedHashMap<String, Object>();
        asked.put("image", conversation.image());
        asked.put("patient", conversation.patient());
        asked.put("label", conversation.label());
        asked.put("scenario", conversation.scenario().orElse("none"));
        asked.put("questions", conversation.turns().stream().map(AnsweredTurn::questionId).toList());
        asked.put("wordings", conversation.turns().stream().map(AnsweredTurn::question).toList());
        asked.put("hints", conversation.turns().stream().map(turn -> turn.hint().orElse("none")).toList());
        asked.put("expected symbols", conversation.turns().stream().map(AnsweredTurn::expectedSymbol).toList());
        return asked;
    }

    private static InputException differ(AnsweredRun before, AnsweredRun after, String how) {
        return new InputException(before.name() + " and " + after.name() + " cannot be compared: " + how + ".");
    }

    /** Ready for a JSON writer. */
    public Map<String, Object> toJson() {
        var metrics = new LinkedHashMap<String, Object>();
        differences.forEach((metric, difference) -> {
            var one = new LinkedHashMap<String, Object>();
            one.put("a", difference.before());
            one.put("b", difference.after());
            one.put("difference", difference.gain().toJson());
            one.put("p", difference.p());
            metrics.put(metric.key(), one);
        });
        var right = new LinkedHashMap<String, Object>();
        right.put("both_right", mcNemar.bothRight());
        right.put("only_a_right", mcNemar.onlyBefore());
        right.put("only_b_right", mcNemar.onlyAfter());
        right.put("both_wrong", mcNemar.bothWrong());
        right.put("p", mcNemar.p());
        var json = new LinkedHashMap<String, Object>();
        json.put("conversations", conversations);
        json.put("patients", patients);
        json.put("metrics", metrics);
        json.put("mcnemar", right);
        return json;
    }
}
