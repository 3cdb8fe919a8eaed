package org.drllava.clinical.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RewardTest {
    private static final double EXACT = 1e-12;
    private final ClinicalLogic logic = ClinicalLogic.shipped("painted-marrow");
    private final Reward reward = new Reward(logic);

    private List<Answer> rightAnswers(String label) {
        return new ArrayList<>(logic.questions().stream().map(q -> new Answer(q.id(),
                q.symbol(logic.diagnosis(label).path().get(q.id())).answers().of(Wording.TEST).getFirst())).toList());
    }

    @Test
    void rightAnswersEarnSevenOnEveryPathInEveryOrder() {
        for (var diagnosis : logic.diagnoses()) {
            var answers = rightAnswers(diagnosis.name());
            for (int seed = 0; seed < 10; seed++) {
                var parts = reward.score(answers, diagnosis);
                assertThat(parts.of(Part.CORRECTNESS)).isEqualTo(5);
                assertThat(parts.of(Part.CONSISTENCY)).isEqualTo(2);
                assertThat(parts.total()).isEqualTo(7);
                Collections.shuffle(answers, new Random(seed));
            }
        }
    }

    @Test
    void consistencyIsPaidWhereThePairIsCompleted() {
        var a = rightAnswers("aml");
        var order = List.of(a.get(1), a.get(3), a.get(2), a.get(0), a.get(4));
        assertThat(reward.score(order, "aml").turns().stream().map(turn -> turn.of(Part.CONSISTENCY))).containsExactly(0., 0., 1., .5, .5);
        assertThat(reward.score(a, "aml").perTurn()).containsExactly(1, 1.5, 1.5, 1.5, 1.5);
    }

    @Test
    void consistentButWrongIsPaidForConsistencyAlone() {
        var parts = reward.score(rightAnswers("mm"), "aml"); // quality, content and abnormality are the same on both paths
        assertThat(parts.of(Part.CORRECTNESS)).isEqualTo(3);
        assertThat(parts.of(Part.CONSISTENCY)).isEqualTo(2);
        var halves = rightAnswers("mm");
        halves.set(4, rightAnswers("aml").get(4));
        assertThat(reward.score(halves, "mm").of(Part.CONSISTENCY)).isEqualTo(1.5);
    }

    @Test
    void gibberishEarnsNothingAnywhere() {
        for (var diagnosis : logic.diagnoses()) {
            var parts = reward.score(logic.questions().stream().map(q -> new Answer(q.id(), "lorem ipsum")).toList(), diagnosis);
            assertThat(parts.perTurn()).containsExactly(-.5, -.5, -.5, -.5, -.5);
            assertThat(parts.total()).isEqualTo(-2.5);
        }
    }

    @Test
    void sayingEverythingIsAConflict() {
        var parts = reward.score(List.of(new Answer("diagnosis", "AML or MM"), new Answer("cells", "plasma cells")), "mm");
        assertThat(parts.perTurn()).containsExactly(-.5, 1);
    }

    @Test
    void wordsPastTheLimitAndCutAnswersCost() {
        var eleven = "this is multiple myeloma as we see it in this picture"; // 11 words
        assertThat(reward.score(List.of(new Answer("diagnosis", eleven)), "mm").total()).isEqualTo(1);
        var parts = reward.score(List.of(new Answer("diagnosis", eleven + ", clearly so - you know", false)), "mm");
        assertThat(parts.of(Part.LENGTH)).isCloseTo(-.2, within(EXACT));
        assertThat(parts.of(Part.UNFINISHED)).isEqualTo(-.2);
        assertThat(parts.total()).isCloseTo(.6, within(EXACT));
    }

    @Test
    void balanceMakesEverySymbolWorthTheSame() {
        var counts = Map.of("normal", 30, "aml", 10, "adequate_AML_Mono", 20, "mm", 30, "blood", 10);
        var balanced = new Reward(logic, logic.reward(), Balance.of(logic, counts));
        for (int i = 0; i < logic.questions().size(); i++) {
            int place = i;
            double mean = 0;
            for (var label : counts.keySet()) {
                mean += counts.get(label) / 100. * balanced.score(List.of(rightAnswers(label).get(place)), label).of(Part.CORRECTNESS);
            }
            assertThat(mean).isCloseTo(1, within(EXACT));
        }
        // abnormality: 30 normal, 60 abnormal, 10 inadequate of 100, three symbols
        assertThat(balanced.score(List.of(rightAnswers("normal").get(2)), "normal").of(Part.CORRECTNESS)).isCloseTo(100 / 90., within(EXACT));
        assertThat(balanced.score(List.of(rightAnswers("mm").get(2)), "mm").of(Part.CORRECTNESS)).isCloseTo(100 / 180., within(EXACT));
        assertThat(balanced.score(List.of(rightAnswers("mm").get(2)), "normal").of(Part.CORRECTNESS)).isZero();
        assertThat(balanced.score(List.of(rightAnswers("clot").get(1)), "clot").of(Part.CORRECTNESS)).isEqualTo(1);
    }

    @Test
    void partsSumToTheTotalOnRandomAnswers() {
        long seed = 20261124;
        var random = new Random(seed);
        var pieces = List.of("no", "AML", "plasma cells", "the sample is adequate", "clot", "poor", "normal", "and", "disease", ".", "x ".repeat(9));
        for (int trial = 0; trial < 300; trial++) {
            var answers = new ArrayList<>(logic.questions().stream().map(q -> new Answer(q.id(),
                    String.join(" ", random.ints(random.nextInt(5), 0, pieces.size()).mapToObj(pieces::get).toList()), random.nextBoolean())).toList());
            Collections.shuffle(answers, random);
            var parts = reward.score(answers.subList(0, random.nextInt(6)), logic.diagnoses().get(random.nextInt(5)));
            double sum = 0;
            for (double turn : parts.perTurn()) {
                sum += turn;
            }
            assertThat(parts.total()).as("seed %d, trial %d", seed, trial).isEqualTo(sum);
            assertThat(Arrays.stream(Part.values()).mapToDouble(parts::of).sum()).isCloseTo(sum, within(EXACT));
            assertThat(parts.of(Part.CONSISTENCY)).isBetween(0., 2.);
        }
    }

    @Test
    void aQuestionAnsweredTwiceIsAnError() {
        var twice = List.of(new Answer("content", "blood"), new Answer("content", "clot"));
        assertThatThrownBy(() -> reward.score(twice, "blood")).isInstanceOf(InputException.class).hasMessageContaining("content");
    }

    @Test
    void aLineGivesSymbolsPartsAndTotal() {
        var line = """
                {"id": 7, "answers": [{"question": "quality", "text": "It is good."}, {"question": "content", "text": "hm"},
                 {"question": "diagnosis", "text": "AML or MM", "finished": false}], "label": "adequate_AML"}""";
        var out = new JsonMapper().readTree(RewardLine.score(logic, reward, line, "a.jsonl: line 1"));
        assertThat(out.get("id").stringValue()).isEqualTo("7");
        assertThat(out.get("diagnosis").stringValue()).isEqualTo("aml");
        assertThat(out.get("answers").get(0).get("symbol").stringValue()).isEqualTo("adequate");
        assertThat(out.get("answers").get(0).get("evidence").get(0).get("words").stringValue()).isEqualTo("good");
        assertThat(out.get("answers").get(1).get("symbol").isNull()).isTrue();
        assertThat(out.get("answers").get(1).get("outcome").stringValue()).isEqualTo("no_match");
        assertThat(out.get("answers").get(2).get("outcome").stringValue()).isEqualTo("conflict");
        assertThat(out.get("answers").get(2).get("reward").doubleValue()).isCloseTo(-.7, within(EXACT));
        assertThat(out.get("total").doubleValue()).isCloseTo(1 - .5 - .5 - .2, within(EXACT));
    }

    @Test
    void faultyLinesNameLineAndField() {
        var faults = Map.of(
                "{\"id\": \"a\", \"answers\": [], \"label\": \"flu\"}", "label: unknown label 'flu'",
                "{\"id\": \"a\", \"answers\": [{\"question\": \"colour\", \"text\": \"\"}], \"label\": \"mm\"}", "answers[0]: question: unknown question",
                "{\"id\": \"a\", \"answers\": [{\"question\": \"content\"}], \"label\": \"mm\"}", "answers[0]: the key 'text' is missing",
                "{\"id\": \"a\", \"answers\": {}, \"label\": \"mm\"}", "answers: expected an array",
                "{\"id\": \"a\", \"answer\": [], \"label\": \"mm\"}", "unknown key 'answer'",
                "{\"id\": \"a\"", "not well formed",
                "[]", "expected an object");
        faults.forEach((line, message) -> assertThatThrownBy(() -> RewardLine.score(logic, reward, line, "a.jsonl: line 3"))
                .isInstanceOf(InputException.class).hasMessageContaining("a.jsonl: line 3").hasMessageContaining(message));
    }
}
