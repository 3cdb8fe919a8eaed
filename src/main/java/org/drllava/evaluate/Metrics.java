package org.drllava.evaluate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The scores of one model on one set of conversations; what each number counts is said at {@link Metric}.
 *
 * @param all         over all conversations
 * @param scenarios   over those of each scenario; empty where the conversations carry none
 * @param classes     over those of each true label
 * @param questions   in natural order, those that were asked
 * @param diagnoses   diagnoses given, by true label
 * @param calibration of the diagnosis probabilities, where there are some
 */
public record Metrics(
        Scores all, Map<String, Scores> scenarios, Map<String, Scores> classes, List<QuestionScore> questions,
        Confusion diagnoses, Optional<Calibration> calibration) {

    public Metrics {
        scenarios = Collections.unmodifiableMap(new TreeMap<>(scenarios));
        classes = Collections.unmodifiableMap(new TreeMap<>(classes));
        questions = List.copyOf(questions);
    }

    public Estimate estimate(Metric metric) {
        return all.estimates().get(metric);
    }

    public Estimate conversationAccuracy() {
        return estimate(Metric.CONVERSATION_ACCURACY);
    }

    /** Every estimate with its limits by its key, the four headline ones first; ready for a JSON writer. */
    public Map<String, Object> toJson() {
        var json = all.toJson();
        json.put("questions", byName(questions, QuestionScore::question, QuestionScore::toJson));
        json.put("scenarios", byName(scenarios.entrySet(), Map.Entry::getKey, entry -> entry.getValue().toJson()));
        json.put("classes", byName(classes.entrySet(), Map.Entry::getKey, entry -> entry.getValue().toJson()));
        json.put("diagnoses", diagnoses.toJson());
        json.put("calibration", calibration.map(Calibration::toJson).orElse(null));
        return json;
    }

    private static <T> Map<String, Object> byName(
            Iterable<T> values, java.util.function.Function<T, String> name, java.util.function.Function<T, Object> json) {
        var named = new LinkedHashMap<String, Object>();
        values.forEach(value -> named.put(name.apply(value), json.apply(value)));
        return named;
    }
}
