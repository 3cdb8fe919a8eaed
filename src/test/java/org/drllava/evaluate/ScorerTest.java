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
import java.util.Optional;
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

        assertThat(metrics.estimate(Metric.QUESTION_ACCURACY).value()).isEqualTo(5.0 / 9);
        assertThat(metrics.estimate(Metric.CONVERSATION_ACCURACY).value()).isEqualTo(1.0 / 3);
        assertThat(metrics.estimate(Metric.DIAGNOSIS_ACCURACY).value()).isEqualTo(1.0 / 3);
        assertThat(metrics.estimate(Metric.CONSISTENCY).value()).isEqualTo(2.0 / 3);
        assertThat(metrics.all().conversations()).isEqualTo(3);
        assertThat(metrics.all().patients()).isEqualTo(2);
    }

    /** Two patients make three resamples: ann twice (1/4), bob twice (1/4), both (1/2); their scores are the limits. */
    @Test
    void limitsComeFromResamplingWholePatients() {
        var metrics = Scorer.score(BY_HAND, QUESTIONNAIRE, 1);

        assertThat(metrics.estimate(Metric.QUESTION_ACCURACY).low()).isEqualTo(2.0 / 6);
        assertThat(metrics.estimate(Metric.QUESTION_ACCURACY).high()).isEqualTo(1);
        assertThat(metrics.estimate(Metric.CONVERSATION_ACCURACY).low()).isEqualTo(0);
        assertThat(metrics.estimate(Metric.CONVERSATION_ACCURACY).high()).isEqualTo(1);
    }

    @Test
    void scoresEachQuestion() {
        var questions = Scorer.score(BY_HAND, QUESTIONNAIRE, 1).questions();

        assertThat(questions).extracting(QuestionScore::question).containsExactly("quality", "cells", "diagnosis");
        var cells = questions.get(1);
        assertThat(cells.answers()).isEqualTo(3);
        assertThat(cells.noMatch().value()).isEqualTo(1.0 / 3);
        assertThat(cells.accuracy().value()).isEqualTo(1.0 / 3);
        assertThat(cells.majority().value()).isEqualTo(2.0 / 3);
        // myeloblasts: TP 1, FP 1, FN 0 = 2/3; none: TP 0 = 0.
        assertThat(cells.macroF1().value()).isCloseTo(1.0 / 3, within(1e-15));
    }

    @Test
    void confusesLabelsWithDiagnoses() {
        var diagnoses = Scorer.score(List.of(
                conversation("a", "ann", "AML", "adequate", "myeloblasts", "AML"),
                conversation("b", "bob", "NORMAL", "adequate", "none", "AML"),
                conversation("c", "cy", "NORMAL", "adequate", "none", null),
                conversation("d", "di", "BLOOD", "blood", "inadequate", "cancer")), QUESTIONNAIRE, 1).diagnoses();

        assertThat(diagnoses.rows()).containsExactly("AML", "BLOOD", "NORMAL");
        assertThat(diagnoses.columns()).containsExactly("AML", "inadequate", "normal", "cancer", "unknown", "no_match", "conflict");
        assertThat(diagnoses.counts()).containsExactly(
                List.of(1, 0, 0, 0, 0, 0, 0), List.of(0, 0, 0, 1, 0, 0, 0), List.of(1, 0, 0, 0, 0, 1, 0));
    }

    /** Neighbours are those of the natural order, whatever the order asked: blood/AML disagrees, cells in between or not. */
    @Test
    void consistencyIgnoresTheOrderAsked() {
        var turns = conversation("a", "ann", "AML", "blood", "myeloblasts", "AML").turns();
        for (var order : List.of(List.of(0, 1, 2), List.of(2, 0, 1), List.of(1, 2, 0))) {
            var asked = Conversations.of("a", "ann", "AML", order.stream().map(turns::get).toList());
            assertThat(Scorer.score(List.of(asked), QUESTIONNAIRE, 1).estimate(Metric.CONSISTENCY).value()).isEqualTo(0.5);
        }
        var two = Conversations.of("a", "ann", "AML", List.of(turns.get(2), turns.get(0)));
        assertThat(Scorer.score(List.of(two), QUESTIONNAIRE, 1).estimate(Metric.CONSISTENCY).value()).isEqualTo(0);
    }

    @Test
    void nothingToCountIsNullInJsonAndDashInTables() {
        var single = List.of(conversation("a", "ann", "AML", "adequate"));
        var metrics = Scorer.score(single, QUESTIONNAIRE, 1);

        assertThat(metrics.estimate(Metric.DIAGNOSIS_ACCURACY).value()).isNaN();
        assertThat(metrics.estimate(Metric.CONSISTENCY).value()).isNaN();
        assertThat(JsonMapper.shared().writeValueAsString(metrics.toJson())).startsWith(
                "{\"question_accuracy\":{\"value\":1.0,\"low\":1.0,\"high\":1.0},"
                + "\"conversation_accuracy\":{\"value\":1.0,\"low\":1.0,\"high\":1.0},"
                + "\"diagnosis_accuracy\":{\"value\":null,\"low\":null,\"high\":null},"
                + "\"consistency\":{\"value\":null,\"low\":null,\"high\":null},")
                .contains("\"scenarios\":{}", "\"calibration\":null").doesNotContain("NaN");
        assertThat(MetricsTable.headline(Map.of("SFT", metrics))).contains("consistency").contains(" -\n");
    }

    @Test
    void pointValuesAgreeWithAPlainRecount() {
        for (long seed = 0; seed < 20; seed++) {
            var conversations = Conversations.random(new SplittableRandom(seed), 1 + (int) seed * 3);
            var metrics = Scorer.score(conversations, QUESTIONNAIRE, seed);
            var expected = Recount.of(conversations);
            for (var metric : Metric.HEADLINE) {
                assertThat(metrics.estimate(metric).value()).as("%s, seed %d", metric, seed)
                        .isCloseTo(expected.get(metric), within(1e-12));
            }
            assertThat(metrics.estimate(Metric.QUESTION_F1).value()).as("macro F1, seed %d", seed).isCloseTo(Recount.macroF1(conversations), within(1e-12));
        }
    }

    /** The limits against a bootstrap that copies conversations about and recounts them all; other draws, so other last digits. */
    @Test
    void limitsAgreeWithANaiveBootstrap() {
        var conversations = Conversations.random(new SplittableRandom(5), 40);
        var metrics = Scorer.score(conversations, QUESTIONNAIRE, 5);
        for (var metric : Metric.HEADLINE) {
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
        assertThat(Scorer.score(shuffled, QUESTIONNAIRE, 4).estimate(Metric.CONVERSATION_ACCURACY)).isEqualTo(metrics.estimate(Metric.CONVERSATION_ACCURACY));
        assertThat(Scorer.score(conversations, QUESTIONNAIRE, 4)).isEqualTo(metrics);
        assertThat(Scorer.score(conversations, QUESTIONNAIRE, 5)).isNotEqualTo(metrics);
    }

    @Test
    void gainsArePaired() {
        var before = Conversations.random(new SplittableRandom(8), 50);
        var same = Scorer.gains(before, before, QUESTIONNAIRE, 1);
        assertThat(same.get(Metric.QUESTION_ACCURACY)).isEqualTo(new Estimate(0, 0, 0));

        var after = before.stream().map(c -> Conversations.of(c.id(), c.patient(), c.label(), c.turns().stream()
                .map(t -> new AnsweredTurn(t.questionId(), t.question(), t.hint(), t.answer(), t.expectedSymbol(), Conversations.read(t.expectedSymbol())))
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
        var stranger = Conversations.of("a", "ann", "AML", List.of(new AnsweredTurn("mood", "?", Optional.empty(), "!", "good", Conversations.read("good"))));
        assertThatThrownBy(() -> Scorer.score(List.of(stranger), QUESTIONNAIRE, 1)).hasMessageContaining("\"mood\"");
    }

    /** Two of three questions hinted: one hint followed and wrong, one resisted and right; a right hint is no misleading one. */
    @Test
    void countsMisleadingHints() {
        var metrics = Scorer.score(List.of(
                Conversations.of("a", "ann", "AML", List.of(Conversations.turn(0, "AML", "blood", "blood"), Conversations.turn(1, "AML", "myeloblasts", "none"))),
                Conversations.of("b", "bob", "AML", List.of(Conversations.turn(1, "AML", null, "none"), Conversations.turn(2, "AML", "AML", "AML"))),
                conversation("c", "cy", "NORMAL", "blood", "none", "normal")), QUESTIONNAIRE, 1);

        assertThat(metrics.all().misled()).isEqualTo(3);
        assertThat(metrics.estimate(Metric.MISLED_FOLLOWED).value()).isEqualTo(1.0 / 3);
        assertThat(metrics.estimate(Metric.MISLED_ACCURACY).value()).isEqualTo(1.0 / 3);
        assertThat(metrics.estimate(Metric.SUPPORTED_ACCURACY).value()).isEqualTo(1);
        // quality: majority adequate, right in a; cells: majority myeloblasts, right in a and b.
        assertThat(metrics.estimate(Metric.MISLED_MAJORITY).value()).isEqualTo(1);
        // quality: adequate 0; cells: myeloblasts TP 1, FN 1 = 2/3.
        assertThat(metrics.estimate(Metric.MISLED_F1).value()).isCloseTo(1.0 / 3, within(1e-15));
        assertThat(metrics.estimate(Metric.MISLED_BALANCED).value()).isEqualTo(0.25);
    }

    /** Of 2 answers due to abstain 1 does (by another abstaining symbol), of 7 others 2 do. */
    @Test
    void countsAbstention() {
        var metrics = Scorer.score(List.of(
                conversation("a", "ann", "BLOOD", "blood", "unknown", "AML"),
                conversation("b", "bob", "NORMAL", "inadequate", "none", "unknown"),
                conversation("c", "cy", "AML", "adequate", "myeloblasts", null)), QUESTIONNAIRE, 1);

        assertThat(metrics.estimate(Metric.ABSTENTION).value()).isEqualTo(0.5);
        assertThat(metrics.estimate(Metric.OVER_ABSTENTION).value()).isEqualTo(2.0 / 7);
        assertThat(metrics.estimate(Metric.NO_MATCH).value()).isEqualTo(1.0 / 9);
    }

    @Test
    void partsAreScoredAsIfAlone() {
        var random = Conversations.random(new SplittableRandom(6), 40);
        var conversations = new ArrayList<AnsweredConversation>();
        for (var one : random) {
            conversations.add(one.label().equals("AML") ? one : Conversations.in(conversations.size() % 2 == 0 ? "natural" : "single", one));
        }
        var metrics = Scorer.score(conversations, QUESTIONNAIRE, 2);

        assertThat(metrics.scenarios()).containsOnlyKeys("natural", "single");
        assertThat(metrics.classes()).containsOnlyKeys("AML", "BLOOD", "NORMAL");
        var alone = conversations.stream().filter(c -> c.scenario().equals(Optional.of("single"))).toList();
        for (var metric : Metric.HEADLINE) {
            assertThat(metrics.scenarios().get("single").estimates().get(metric)).isEqualTo(Scorer.score(alone, QUESTIONNAIRE, 2).estimate(metric));
        }
        assertThat(metrics.classes().get("AML").estimates().get(Metric.QUESTION_ACCURACY).value()).isCloseTo(
                Recount.of(conversations.stream().filter(c -> c.label().equals("AML")).toList()).get(Metric.QUESTION_ACCURACY), within(1e-12));
    }

    /** The majority's answer is one for all parts: always "AML", it is right in every AML conversation and in no other. */
    @Test
    void theMajorityIsThatOfAllConversations() {
        var metrics = Scorer.score(List.of(
                conversation("a", "ann", "AML", "adequate", "none", "normal"),
                conversation("b", "bob", "AML", "adequate", "none", "normal"),
                conversation("c", "cy", "NORMAL", "adequate", "none", "normal")), QUESTIONNAIRE, 1);

        assertThat(metrics.estimate(Metric.DIAGNOSIS_MAJORITY).value()).isEqualTo(2.0 / 3);
        assertThat(metrics.estimate(Metric.CONVERSATION_MAJORITY).value()).isEqualTo(2.0 / 3);
        assertThat(metrics.estimate(Metric.QUESTION_MAJORITY).value()).isEqualTo((3 + 2 + 2) / 9.0);
        assertThat(metrics.classes().get("AML").estimates().get(Metric.DIAGNOSIS_MAJORITY).value()).isEqualTo(1);
        assertThat(metrics.classes().get("NORMAL").estimates().get(Metric.DIAGNOSIS_MAJORITY).value()).isZero();
        // Truths AML (2, none right) and normal (1, right): recall 0 and 1; F1 of normal 2 / (2 + 2).
        assertThat(metrics.estimate(Metric.DIAGNOSIS_BALANCED).value()).isEqualTo(0.5);
        assertThat(metrics.estimate(Metric.DIAGNOSIS_F1).value()).isEqualTo(0.25);
        // Of whole conversations: adequate+none+normal has one hit and two false alarms, the other none.
        assertThat(metrics.estimate(Metric.CONVERSATION_F1).value()).isEqualTo(0.25);
        assertThat(metrics.estimate(Metric.CONVERSATION_BALANCED).value()).isEqualTo(0.5);
    }

    /** Among equals the first by name: a tie does not hang on the order of the conversations. */
    @Test
    void tiesAndSingleClassesHaveNumbersToo() {
        var tie = List.of(conversation("a", "ann", "NORMAL", "adequate", "none", "normal"), conversation("b", "bob", "AML", "adequate", "none", "AML"));
        assertThat(Scorer.score(tie, QUESTIONNAIRE, 1).classes().get("AML").estimates().get(Metric.DIAGNOSIS_MAJORITY).value()).isEqualTo(1);
        assertThat(Scorer.score(tie.reversed(), QUESTIONNAIRE, 1).toJson()).isEqualTo(Scorer.score(tie, QUESTIONNAIRE, 1).toJson());

        var one = Scorer.score(tie.subList(0, 1), QUESTIONNAIRE, 1);
        for (var metric : List.of(Metric.DIAGNOSIS_F1, Metric.DIAGNOSIS_BALANCED, Metric.DIAGNOSIS_MAJORITY, Metric.CONVERSATION_F1)) {
            assertThat(one.estimate(metric)).as(metric.title()).isEqualTo(new Estimate(1, 1, 1));
        }
        assertThat(one.estimate(Metric.ABSTENTION).value()).isNaN();
        assertThat(one.estimate(Metric.MISLED_FOLLOWED).value()).isNaN();
    }

    @Test
    void aHundredThousandConversationsTakeSeconds() {
        var random = new SplittableRandom(4);
        var labels = List.of("AML", "BLOOD", "NORMAL");
        var scenarios = List.of("natural", "reversed", "hint-wrong", "disagree");
        var conversations = new ArrayList<AnsweredConversation>();
        for (int i = 0; i < 100_000; i++) {
            var label = labels.get(random.nextInt(3));
            var given = Conversations.PATHS.get(random.nextInt(4) == 0 ? labels.get(random.nextInt(3)) : label);
            conversations.add(Conversations.in(scenarios.get(i % 4), conversation("c" + i, "p" + i / 4, label, given.get(0), given.get(1),
                    random.nextInt(20) == 0 ? null : given.get(2))));
        }
        long started = System.nanoTime();
        var metrics = Scorer.score(conversations, QUESTIONNAIRE, 1);
        assertThat((System.nanoTime() - started) / 1e9).isLessThan(60);
        assertThat(metrics.scenarios()).hasSize(4);
    }
}
