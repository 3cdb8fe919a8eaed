package org.drllava.evaluate;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Scores conversations that a model has answered. The same conversations and seed give the same numbers, in any order. */
public final class Scorer {
    private Scorer() {}

    /**
     * All metrics, with 95 % limits from 2,000 resamples of the patients; those of a part resample the part's patients.
     *
     * @throws IllegalArgumentException without conversations, or for a question that the questionnaire does not have
     */
    public static Metrics score(List<AnsweredConversation> conversations, Questionnaire questionnaire, long seed) {
        if (conversations.isEmpty()) {
            throw new IllegalArgumentException("there are no conversations to score");
        }
        var whole = Part.of(conversations, questionnaire, seed);
        var majority = Majority.of(whole.counters, whole.bootstrap.whole());
        var statistics = new Statistics(whole.counters, questionnaire.diagnosis(), majority);
        Function<List<AnsweredConversation>, Scores> scores = part -> Part.of(part, questionnaire, seed).scores(questionnaire, majority);
        return new Metrics(whole.scores(questionnaire, majority),
                parts(conversations.stream().filter(c -> c.scenario().isPresent()).toList(), c -> c.scenario().orElseThrow(), scores),
                parts(conversations, AnsweredConversation::label, scores),
                questionnaire.questions().stream().filter(question -> conversations.stream().anyMatch(c -> c.turn(question).isPresent()))
                        .map(question -> question(question, whole, statistics.ofQuestion(question))).toList(),
                Confusion.byLabel(conversations, questionnaire.diagnosis()),
                Calibration.of(conversations, questionnaire.diagnosis(), seed));
    }

    /**
     * What {@code after} has more than {@code before}, as a share of 1, with 95 % limits. Both arms are resampled together,
     * patient by patient, so the limits are those of the difference and narrower than two separate intervals suggest.
     *
     * @throws IllegalArgumentException when the two are not about the same patients
     */
    public static Map<Metric, Estimate> gains(
            List<AnsweredConversation> before, List<AnsweredConversation> after, Questionnaire questionnaire, long seed) {
        return PairedArms.of(before, after, questionnaire).gains(seed);
    }

    private static Map<String, Scores> parts(List<AnsweredConversation> conversations, Function<AnsweredConversation, String> name,
            Function<List<AnsweredConversation>, Scores> scores) {
        var parts = new TreeMap<String, Scores>();
        conversations.stream().collect(Collectors.groupingBy(name)).forEach((key, part) -> parts.put(key, scores.apply(part)));
        return parts;
    }

    private static QuestionScore question(String question, Part whole, Statistics statistics) {
        Function<Metric, Estimate> estimate = metric -> whole.bootstrap.estimate(statistics.of(metric));
        var confusion = Confusion.bySymbol(whole.conversations, question);
        int answers = confusion.counts().stream().flatMap(List::stream).mapToInt(Integer::intValue).sum();
        return new QuestionScore(question, answers, estimate.apply(Metric.QUESTION_ACCURACY), estimate.apply(Metric.QUESTION_F1),
                estimate.apply(Metric.QUESTION_BALANCED), estimate.apply(Metric.QUESTION_MAJORITY), estimate.apply(Metric.NO_MATCH),
                estimate.apply(Metric.CONFLICT), confusion);
    }

    /** Some conversations, counted and resampled. */
    private record Part(List<AnsweredConversation> conversations, int patients, List<Counter> counters, PatientBootstrap bootstrap) {
        static Part of(List<AnsweredConversation> conversations, Questionnaire questionnaire, long seed) {
            var counters = new Counters(questionnaire);
            var sums = counters.count(conversations);
            return new Part(conversations, sums.patients(), counters.all(),
                    PatientBootstrap.of(sums, counters.all().size(), PatientBootstrap.RESAMPLES, seed));
        }

        Scores scores(Questionnaire questionnaire, Majority majority) {
            var statistics = new Statistics(counters, questionnaire.diagnosis(), majority);
            var estimates = new EnumMap<Metric, Estimate>(Metric.class);
            for (var metric : Metric.values()) {
                estimates.put(metric, bootstrap.estimate(statistics.of(metric)));
            }
            int answers = conversations.stream().mapToInt(c -> c.turns().size()).sum();
            int misled = (int) conversations.stream().flatMap(c -> c.turns().stream()).filter(AnsweredTurn::misled).count();
            return new Scores(conversations.size(), patients, answers, misled, estimates);
        }
    }
}
