package org.drllava.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.drllava.evaluate.Conversations.QUESTIONNAIRE;
import static org.drllava.evaluate.Conversations.conversation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ScorerTest {
    /** 9 answers, 5 right; 1 of 3 conversations right; diagnoses 1 of 3; pairs: 2 of 2, 0 of 2 (one unreadable), 2 of 2 but wrong. */
    private static final List<AnsweredConversation> BY_HAND = List.of(
            conversation("a", "ann", "AML", "adequate", "myeloblasts", "AML"),
            conversation("b", "bob", "NORMAL", "adequate", null, "AML"),
            conversation("c", "bob", "NORMAL", "adequate", "myeloblasts", "AML"));

    @Test
    void countsAsByHand() {
        var metrics = Scorer.score(BY_HAND, QUESTIONNAIRE, 1);

        assertThat(metrics.questionAccuracy().value()).isEqualTo(5.0 / 9);
        assertThat(metrics.conversationAccuracy().value()).isEqualTo(1.0 / 3);
        assertThat(metrics.diagnosisAccuracy().value()).isEqualTo(1.0 / 3);
        assertThat(metrics.consistency().value()).isEqualTo(2.0 / 3);
        assertThat(metrics.conversations()).isEqualTo(3);
        assertThat(metrics.patients()).isEqualTo(2);
    }

    /** Two patients make three resamples: ann twice (1/4), bob twice (1/4), both (1/2); their scores are the limits. */
    @Test
    void limitsComeFromResamplingWholePatients() {
        var metrics = Scorer.score(BY_HAND, QUESTIONNAIRE, 1);

        assertThat(metrics.questionAccuracy().low()).isEqualTo(2.0 / 6);
        assertThat(metrics.questionAccuracy().high()).isEqualTo(1);
        assertThat(metrics.conversationAccuracy().low()).isEqualTo(0);
        assertThat(metrics.conversationAccuracy().high()).isEqualTo(1);
    }

    @Test
    void scoresEachQuestion() {
        var questions = Scorer.score(BY_HAND, QUESTIONNAIRE, 1).questions();

        assertThat(questions).extracting(QuestionScore::question).containsExactly("quality", "cells", "diagnosis");
        var cells = questions.get(1);
        assertThat(cells.answers()).isEqualTo(3);
        assertThat(cells.unreadable()).isEqualTo(1);
        assertThat(cells.accuracy().value()).isEqualTo(1.0 / 3);
        assertThat(cells.majorityBaseline()).isEqualTo(2.0 / 3);
        // myeloblasts: TP 1, FP 1, FN 0 = 2/3; none: TP 0 = 0.
        assertThat(cells.macroF1()).isCloseTo(1.0 / 3, within(1e-15));
    }

    @Test
    void confusesLabelsWithDiagnoses() {
        var diagnoses = Scorer.score(List.of(
                conversation("a", "ann", "AML", "adequate", "myeloblasts", "AML"),
                conversation("b", "bob", "NORMAL", "adequate", "none", "AML"),
                conversation("c", "cy", "NORMAL", "adequate", "none", null),
                conversation("d", "di", "BLOOD", "blood", "inadequate", "cancer")), QUESTIONNAIRE, 1).diagnoses();

        assertThat(diagnoses.rows()).containsExactly("AML", "BLOOD", "NORMAL");
        assertThat(diagnoses.columns()).containsExactly("AML", "inadequate", "normal", "cancer", "no match");
        assertThat(diagnoses.counts()).containsExactly(
                List.of(1, 0, 0, 0, 0), List.of(0, 0, 0, 1, 0), List.of(1, 0, 0, 0, 1));
    }

    /** Neighbours are those of the natural order, whatever the order asked: blood/AML disagrees, cells in between or not. */
    @Test
    void consistencyIgnoresTheOrderAsked() {
        var turns = conversation("a", "ann", "AML", "blood", "myeloblasts", "AML").turns();
        for (var order : List.of(List.of(0, 1, 2), List.of(2, 0, 1), List.of(1, 2, 0))) {
            var asked = new AnsweredConversation("a", "ann", "AML", order.stream().map(turns::get).toList());
            assertThat(Scorer.score(List.of(asked), QUESTIONNAIRE, 1).consistency().value()).isEqualTo(0.5);
        }
        var two = new AnsweredConversation("a", "ann", "AML", List.of(turns.get(2), turns.get(0)));
        assertThat(Scorer.score(List.of(two), QUESTIONNAIRE, 1).consistency().value()).isEqualTo(0);
    }

    @Test
    void nothingToCountIsNullInJsonAndDashInTables() {
        var single = List.of(conversation("a", "ann", "AML", "adequate"));
        var metrics = Scorer.score(single, QUESTIONNAIRE, 1);

        assertThat(metrics.diagnosisAccuracy().value()).isNaN();
        assertThat(metrics.consistency().value()).isNaN();
        assertThat(JsonMapper.shared().writeValueAsString(metrics.toJson())).isEqualTo(
                "{\"question_accuracy\":{\"value\":1.0,\"low\":1.0,\"high\":1.0},"
                + "\"conversation_accuracy\":{\"value\":1.0,\"low\":1.0,\"high\":1.0},"
                + "\"diagnosis_accuracy\":{\"value\":null,\"low\":null,\"high\":null},"
                + "\"consistency\":{\"value\":null,\"low\":null,\"high\":null}}");
        assertThat(MetricsTable.headline(Map.of("SFT", metrics))).contains("consistency").contains(" -\n");
    }

    @Test
    void pointValuesAgreeWithAPlainRecount() {
        for (long seed = 0; seed < 20; seed++) {
            var conversations = Conversations.random(new SplittableRandom(seed), 1 + (int) seed * 3);
            var metrics = Scorer.score(conversations, QUESTIONNAIRE, seed);
            var expected = Recount.of(conversations);
            for (var metric : Metric.values()) {
                assertThat(metrics.estimate(metric).value()).as("%s, seed %d", metric, seed)
                        .isCloseTo(expected.get(metric), within(1e-12));
            }
        }
    }

    /** The limits against a bootstrap that copies conversations about and recounts them all; other draws, so other last digits. */
    @Test
    void limitsAgreeWithANaiveBootstrap() {
        var conversations = Conversations.random(new SplittableRandom(5), 40);
        var metrics = Scorer.score(conversations, QUESTIONNAIRE, 5);
        for (var metric : Metric.values()) {
            var limits = Recount.limits(conversations, metric, 2_000, new Random(77));
            // The standard error of a 2.5 % quantile of 2,000 draws is about 0.06 standard deviations, here below 0.004.
            assertThat(metrics.estimate(metric).low()).as("low of " + metric).isCloseTo(limits[0], within(0.02));
            assertThat(metrics.estimate(metric).high()).as("high of " + metric).isCloseTo(limits[1], within(0.02));
        }
    }

    @Test
    void orderOfConversationsChangesNothingAndTheSeedDoes() {
        var conversations = Conversations.random(new SplittableRandom(3), 30);
        var shuffled = new ArrayList<>(conversations);
        Collections.shuffle(shuffled, new Random(9));

        var metrics = Scorer.score(conversations, QUESTIONNAIRE, 4);
        assertThat(Scorer.score(shuffled, QUESTIONNAIRE, 4).diagnoses()).isEqualTo(metrics.diagnoses());
        assertThat(Scorer.score(shuffled, QUESTIONNAIRE, 4).conversationAccuracy()).isEqualTo(metrics.conversationAccuracy());
        assertThat(Scorer.score(conversations, QUESTIONNAIRE, 4)).isEqualTo(metrics);
        assertThat(Scorer.score(conversations, QUESTIONNAIRE, 5)).isNotEqualTo(metrics);
    }

    @Test
    void gainsArePaired() {
        var before = Conversations.random(new SplittableRandom(8), 50);
        var same = Scorer.gains(before, before, QUESTIONNAIRE, 1);
        assertThat(same.get(Metric.QUESTION_ACCURACY)).isEqualTo(new Estimate(0, 0, 0));

        var after = before.stream().map(c -> new AnsweredConversation(c.id(), c.patient(), c.label(), c.turns().stream()
                .map(t -> new AnsweredTurn(t.questionId(), t.question(), t.answer(), t.expectedSymbol(), t.expectedSymbol()))
                .toList())).toList();
        var gain = Scorer.gains(before, after, QUESTIONNAIRE, 1).get(Metric.QUESTION_ACCURACY);
        assertThat(gain.value())
                .isCloseTo(1 - Recount.of(before).get(Metric.QUESTION_ACCURACY), within(1e-12));
        assertThat(gain.low()).isPositive().isLessThan(gain.value());

        assertThatThrownBy(() -> Scorer.gains(before, before.subList(0, 3), QUESTIONNAIRE, 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("same patients");
    }

    @Test
    void refusesWhatCannotBeScored() {
        assertThatThrownBy(() -> Scorer.score(List.of(), QUESTIONNAIRE, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> conversation("a", "ann", "AML")).hasMessageContaining("conversation a");
        var stranger = new AnsweredConversation("a", "ann", "AML", List.of(new AnsweredTurn("mood", "?", "!", "good", "good")));
        assertThatThrownBy(() -> Scorer.score(List.of(stranger), QUESTIONNAIRE, 1)).hasMessageContaining("\"mood\"");
    }
}
