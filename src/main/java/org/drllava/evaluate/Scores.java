package org.drllava.evaluate;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All metrics of some conversations.
 *
 * @param answers   questions that were asked
 * @param misled    those after a hint that claims a wrong answer
 * @param estimates every metric; NaN where there was nothing to count
 */
public record Scores(int conversations, int patients, int answers, int misled, Map<Metric, Estimate> estimates) {

    public Scores {
        estimates = Collections.unmodifiableMap(new EnumMap<>(estimates));
    }

    /** Counts first, then the metrics by their keys, each {@code {"value", "low", "high"}}; ready for a JSON writer. */
    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        estimates.forEach((metric, estimate) -> put(json, List.of(metric.key().split("\\.")), estimate.toJson()));
        put(json, List.of("hints", "answers"), misled);
        json.put("conversations", conversations);
        json.put("patients", patients);
        json.put("answers", answers);
        return json;
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> json, List<String> path, Object value) {
        if (path.size() == 1) {
            json.put(path.getFirst(), value);
        } else {
            put((Map<String, Object>) json.computeIfAbsent(path.getFirst(), _ -> new LinkedHashMap<String, Object>()), path.subList(1, path.size()), value);
        }
    }
}
