package org.drllava.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scores of one model on one set of conversations; what each number counts is said at {@link Metric}.
 *
 * @param questions in natural order, those that were asked
 * @param diagnoses diagnoses given, by true label
 */
public record Metrics(
        Estimate questionAccuracy, Estimate conversationAccuracy, Estimate diagnosisAccuracy, Estimate consistency,
        int conversations, int patients, List<QuestionScore> questions, Confusion diagnoses) {

    public Metrics {
        questions = List.copyOf(questions);
    }

    public Estimate estimate(Metric metric) {
        return switch (metric) {
            case QUESTION_ACCURACY -> questionAccuracy;
            case CONVERSATION_ACCURACY -> conversationAccuracy;
            case DIAGNOSIS_ACCURACY -> diagnosisAccuracy;
            case CONSISTENCY -> consistency;
        };
    }

    /** The four headline estimates by their keys, each {@code {"value", "low", "high"}}; ready for a JSON writer. */
    public Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        for (var metric : Metric.values()) {
            json.put(metric.key(), estimate(metric).toJson());
        }
        return json;
    }

    /** What lies behind the headline: counts, scores by question, diagnoses by true label; ready for a JSON writer. */
    public Map<String, Object> detailsToJson() {
        var byQuestion = new LinkedHashMap<String, Object>();
        questions.forEach(score -> byQuestion.put(score.question(), score.toJson()));
        var json = new LinkedHashMap<String, Object>();
        json.put("conversations", conversations);
        json.put("patients", patients);
        json.put("questions", byQuestion);
        json.put("diagnoses", diagnoses.toJson());
        return json;
    }
}
