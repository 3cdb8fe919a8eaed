package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Scores conversations that a model has answered. The same conversations and seed give the same numbers, in any order. */
public final class Scorer {
    private Scorer() {}

    /**
     * All metrics, with 95 % limits from 2,000 resamples of the patients.
     *
     * @throws IllegalArgumentException without conversations, or for a question that the questionnaire does not have
     */
    public static Metrics score(List<AnsweredConversation> conversations, Questionnaire questionnaire, long seed) {
        var tallies = Tallies.of(conversations, questionnaire);
        var statistics = new ArrayList<ToDoubleFunction<int[]>>();
        tallies.metrics().values().forEach(tally -> statistics.add(tally::ratio));
        tallies.questions().values().forEach(tally -> statistics.add(tally::ratio));
        var estimates = bootstrap(tallies, seed).estimates(statistics);

        var questions = new ArrayList<QuestionScore>();
        int next = Metric.values().length;
        for (var question : tallies.questions().keySet()) {
            var turns = conversations.stream()
                    .flatMap(conversation -> conversation.turns().stream())
                    .filter(turn -> turn.questionId().equals(question))
                    .toList();
            questions.add(QuestionScore.of(question, turns, estimates.get(next++)));
        }
        return new Metrics(
                estimates.get(Metric.QUESTION_ACCURACY.ordinal()),
                estimates.get(Metric.CONVERSATION_ACCURACY.ordinal()),
                estimates.get(Metric.DIAGNOSIS_ACCURACY.ordinal()),
                estimates.get(Metric.CONSISTENCY.ordinal()),
                conversations.size(), tallies.patients().size(), questions,
                Confusion.of(conversations, questionnaire.diagnosis()));
    }

    /**
     * What {@code after} has more than {@code before}, as a share of 1, with 95 % limits. Both arms are resampled together,
     * patient by patient, so the limits are those of the difference and narrower than two separate intervals suggest.
     *
     * @throws IllegalArgumentException when the two are not about the same patients
     */
    public static Map<Metric, Estimate> gains(
            List<AnsweredConversation> before, List<AnsweredConversation> after, Questionnaire questionnaire, long seed) {
        var base = Tallies.of(before, questionnaire);
        var other = Tallies.of(after, questionnaire);
        if (!base.patients().equals(other.patients())) {
            throw new IllegalArgumentException("the two arms were not asked about the same patients");
        }
        var statistics = new ArrayList<ToDoubleFunction<int[]>>();
        for (var metric : Metric.values()) {
            statistics.add(times ->
                    other.metrics().get(metric).ratio(times) - base.metrics().get(metric).ratio(times));
        }
        var estimates = bootstrap(base, seed).estimates(statistics);
        var gains = new EnumMap<Metric, Estimate>(Metric.class);
        for (var metric : Metric.values()) {
            gains.put(metric, estimates.get(metric.ordinal()));
        }
        return gains;
    }

    private static PatientBootstrap bootstrap(Tallies tallies, long seed) {
        return new PatientBootstrap(tallies.patients().size(), PatientBootstrap.RESAMPLES, seed);
    }
}
