package org.drllava.clinical.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.RewardWeights;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class RewardTest {
    private static final double EXACT = 1e-12;
    private final ClinicalLogic logic = ClinicalLogic.shipped("painted-marrow");
    private final Reward reward = new Reward(logic);

    @TempDir
    private Path folder;

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

    /** The formula as it was when the demo was tuned, in other words: no part that came later may touch it. */
    @Test
    void theDemosRewardIsWhatItWas() {
        long seed = 20261201;
        var random = new Random(seed);
        var weights = logic.reward();
        assertThat(weights).isEqualTo(RewardWeights.DEFAULT);
        var parser = new AnswerParser(logic);
        var balance = Balance.of(logic, Map.of("normal", 5, "aml", 3, "mm", 1, "blood", 2, "clot", 2));
        var reward = new Reward(logic, weights, balance);
        for (int trial = 0; trial < 300; trial++) {
            var truth = logic.diagnoses().get(random.nextInt(5));
            var answers = new ArrayList<>(logic.questions().stream().map(q -> {
                var symbol = random.nextInt(3) > 0 ? truth.path().get(q.id()) : q.names().get(random.nextInt(q.names().size()));
                var text = q.symbol(symbol).answers().of(Wording.TEST).getFirst();
                return new Answer(q.id(), random.nextInt(6) == 0 ? "hm" : text + " so to say".repeat(random.nextInt(5)), random.nextInt(4) > 0);
            }).toList());
            Collections.shuffle(answers, random);
            var said = new HashMap<String, Parsed>();
            for (int i = 0; i < answers.size(); i++) {
                var answer = answers.get(i);
                var parsed = parser.parse(answer.questionId(), answer.text());
                said.put(answer.questionId(), parsed);
                int place = logic.indexOf(answer.questionId());
                int pairs = 0;
                for (int first : new int[] {place - 1, place}) {
                    if (first >= 0 && first + 1 < 5) {
                        var a = logic.questions().get(first).id();
                        var b = logic.questions().get(first + 1).id();
                        pairs += logic.diagnoses().stream().anyMatch(d -> said.containsKey(a) && said.containsKey(b)
                                && said.get(a).is(d.path().get(a)) && said.get(b).is(d.path().get(b))) ? 1 : 0;
                    }
                }
                var expected = truth.path().get(answer.questionId());
                double reckoned = (parsed.is(expected) ? 1 * balance.factor(answer.questionId(), expected) : 0) + .5 * pairs
                        + (0 - (parsed instanceof Parsed.Symbol ? 0 : .5)) + (0 - .05 * Math.max(0, Words.of(answer.text()).size() - 11))
                        + (0 - (answer.finished() ? 0 : .2));
                assertThat(reward.score(answers, truth).perTurn()[i]).as("seed %d, trial %d, turn %d", seed, trial, i).isEqualTo(reckoned);
            }
        }
    }

    private Reward with(String weights) {
        return new Reward(logic, WeightsText.read(weights, folder), Balance.NONE);
    }

    @Test
    void wrongAnswersConflictsAndGibberishCostWhatTheFileSays() {
        var reward = with("{correct: 2, wrong: 0.25, no_match: 0.5, conflict: 0.75}");
        var answers = List.of(new Answer("quality", "It is good."), new Answer("cells", "Plasma cells."), new Answer("content", "hm"),
                new Answer("diagnosis", "AML or MM"));
        var parts = reward.score(answers, "aml");
        assertThat(parts.turns().stream().map(turn -> turn.of(Part.CORRECTNESS))).containsExactly(2., -.25, 0., 0.);
        assertThat(parts.turns().stream().map(turn -> turn.of(Part.NO_MATCH))).containsExactly(0., 0., -.5, 0.);
        assertThat(parts.turns().stream().map(turn -> turn.of(Part.CONFLICT))).containsExactly(0., 0., 0., -.75);
        // A file that has no conflict means the same by both.
        assertThat(with("{no_match: 0.3}").score(answers, "aml").of(Part.CONFLICT)).isEqualTo(-.3);
        // What a wrong answer loses is balanced like what a right one earns.
        var balanced = new Reward(logic, reward.weights(), Balance.of(logic, Map.of("normal", 3, "aml", 1)));
        assertThat(balanced.score(answers, "aml").turns().get(1).of(Part.CORRECTNESS)).isEqualTo(-.25 * 2);
    }

    @Test
    void anAdmissiblePathIsPaidOnceWithTheLastAnswer() {
        var reward = with("{path: 3, consistency: 0}");
        for (var diagnosis : logic.diagnoses()) {
            var parts = reward.score(rightAnswers("mm"), diagnosis);
            assertThat(parts.turns().stream().map(turn -> turn.of(Part.PATH))).as(diagnosis.name()).containsExactly(0., 0., 0., 0., 3.);
        }
        assertThat(reward.score(rightAnswers("mm").subList(1, 4), "mm").of(Part.PATH)).isEqualTo(3); // all that was asked
        var astray = rightAnswers("mm");
        astray.set(3, rightAnswers("aml").get(3)); // quality to abnormality fit both
        assertThat(reward.score(astray, "mm").of(Part.PATH)).isZero();
        astray.set(3, new Answer("cells", "hm"));
        assertThat(reward.score(astray, "mm").of(Part.PATH)).isZero();
        assertThat(reward.score(List.of(), "mm").total()).isZero();
    }

    @Test
    void neighboursAsAskedArePaidInTheOrderAsked() {
        var a = rightAnswers("aml");
        var shuffled = List.of(a.get(4), a.get(0), a.get(3), a.get(1), a.get(2));
        assertThat(with("{neighbours: asked}").score(shuffled, "aml").turns().stream().map(turn -> turn.of(Part.CONSISTENCY)))
                .containsExactly(0., .5, .5, .5, .5);
        var mixed = List.of(a.get(4), rightAnswers("clot").get(0), a.get(3)); // no path has AML or blasts in a poor sample
        assertThat(with("{neighbours: asked}").score(mixed, "aml").of(Part.CONSISTENCY)).isZero();
        assertThat(with("{neighbours: natural}").score(mixed, "aml").of(Part.CONSISTENCY)).isEqualTo(.5); // cells and diagnosis
    }

    @Test
    void repetitionAndTextBehindTheAnswerCost() {
        var reward = with("{repetition: 0.1, trailing: 0.2, length_weight: 0}");
        var parts = reward.score(List.of(new Answer("diagnosis", "This is multiple myeloma. This is multiple myeloma. Yes.")), "mm");
        assertThat(parts.of(Part.REPETITION)).isCloseTo(-.4, within(EXACT));
        assertThat(parts.of(Part.TRAILING)).isCloseTo(-1, within(EXACT));
        assertThat(parts.total()).isCloseTo(1 - .4 - 1, within(EXACT));
        assertThat(reward.score(List.of(new Answer("diagnosis", "This is multiple myeloma.")), "mm").total()).isEqualTo(1);
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
