package org.drllava.clinical.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.logic.RewardWeights.Neighbours;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of every reward, on the demo's logic and on random ones. */
class RewardPropertiesTest {
    private static final String EVERYTHING = "{wrong: 0.25, path: 1.5, repetition: 0.1, trailing: 0.1}";
    private static final List<String> REWARDS = List.of("{}", "{preset: source}", EVERYTHING);
    private static final String GIBBERISH = "lorem ipsum";
    private static final double EXACT = 1e-9;

    @TempDir
    private Path folder;

    private record Case(ClinicalLogic logic, Reward reward, String name) {}

    private List<Case> cases(long seed) {
        var random = new Random(seed);
        var cases = new ArrayList<Case>();
        for (var weights : REWARDS) {
            for (int i = 0; i < 3; i++) {
                var logic = RandomLogic.of(random, 2 + random.nextInt(4), 3, 3 + random.nextInt(4), weights, folder);
                cases.add(new Case(logic, new Reward(logic), "seed " + seed + ", random logic " + i + ", " + weights));
            }
        }
        var painted = ClinicalLogic.shipped("painted-marrow");
        cases.add(new Case(painted, new Reward(painted), "painted marrow"));
        return cases;
    }

    private static List<Answer> perfect(ClinicalLogic logic, Diagnosis truth) {
        return logic.questions().stream().map(q -> new Answer(q.id(), said(q, truth.path().get(q.id())))).toList();
    }

    private static String said(Question question, String symbol) {
        return question.symbol(symbol).answers().train().getFirst();
    }

    /** Every symbol, nothing, gibberish, all symbols at once. */
    private static List<String> wordings(Question question) {
        var symbols = question.names().stream().map(name -> said(question, name)).toList();
        return Stream.concat(symbols.stream(), Stream.of("", GIBBERISH, String.join(" ", symbols))).toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void nothingBeatsAPerfectConversation(long seed) {
        var random = new Random(seed);
        for (var c : cases(seed)) {
            for (var truth : c.logic().diagnoses()) {
                double best = c.reward().score(perfect(c.logic(), truth), truth).total();
                for (int trial = 0; trial < 400; trial++) {
                    var answers = new ArrayList<>(c.logic().questions().stream().map(q -> {
                        var wordings = wordings(q);
                        return new Answer(q.id(), wordings.get(random.nextInt(wordings.size())), random.nextInt(5) > 0);
                    }).toList());
                    Collections.shuffle(answers, random);
                    assertThat(c.reward().score(answers, truth).total()).as("%s: %s for %s", c.name(), answers, truth.name()).isLessThanOrEqualTo(best + EXACT);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void noAnswerGainsByAnythingButTheAnswer(long seed) {
        var random = new Random(seed);
        for (var c : cases(seed)) {
            for (var truth : c.logic().diagnoses()) {
                for (int trial = 0; trial < 20; trial++) {
                    var answers = new ArrayList<>(c.logic().questions().stream()
                            .map(q -> new Answer(q.id(), said(q, q.names().get(random.nextInt(q.names().size()))))).toList());
                    int place = random.nextInt(answers.size());
                    var plain = answers.get(place).text(); // right or wrong
                    double before = c.reward().score(answers, truth).total();
                    var everything = wordings(c.logic().questions().get(place)).getLast();
                    for (var other : List.of(plain + " And the house has twelve rooms and a door.".repeat(1 + random.nextInt(3)), plain + " " + plain,
                            everything, everything + " " + everything, "", " . ", GIBBERISH, plain + " Well.".repeat(9))) {
                        assertThat(total(c, answers, place, other, truth)).as("%s: '%s' for %s", c.name(), other, truth.name())
                                .isLessThanOrEqualTo(before + EXACT);
                    }
                }
            }
        }
    }

    /** In the source's code an unreadable answer to an unreadable reference is right. */
    @ParameterizedTest
    @ValueSource(longs = 31)
    void sayingNothingIsNeverRight(long seed) {
        for (var c : cases(seed)) {
            for (var truth : c.logic().diagnoses()) {
                for (var nothing : List.of("", GIBBERISH)) {
                    var parts = c.reward().score(c.logic().questions().stream().map(q -> new Answer(q.id(), nothing)).toList(), truth);
                    assertThat(List.of(parts.of(Part.CORRECTNESS), parts.of(Part.CONSISTENCY), parts.of(Part.PATH))).as(c.name()).containsOnly(0.);
                    assertThat(parts.total()).as(c.name()).isEqualTo(-.5 * c.logic().questions().size());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42})
    void theOrderOfTheQuestionsChangesNothing(long seed) {
        var random = new Random(seed);
        for (var c : cases(seed)) {
            if (c.reward().weights().neighbours() == Neighbours.ASKED) {
                continue; // the source's, which depends on it by its nature
            }
            for (int trial = 0; trial < 50; trial++) {
                var answers = randomAnswers(c.logic(), random);
                var truth = c.logic().diagnoses().get(random.nextInt(c.logic().diagnoses().size()));
                var before = c.reward().score(answers, truth).sums();
                Collections.shuffle(answers, random);
                var after = c.reward().score(answers, truth).sums();
                for (var part : Part.values()) {
                    assertThat(after.of(part)).as("%s: %s", c.name(), part).isCloseTo(before.of(part), within(EXACT));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52})
    void partsAreFiniteAndSumToTheTotal(long seed) {
        var random = new Random(seed);
        for (var c : cases(seed)) {
            for (int trial = 0; trial < 50; trial++) {
                var answers = randomAnswers(c.logic(), random);
                var asked = answers.subList(0, random.nextInt(answers.size() + 1));
                var parts = c.reward().score(asked, c.logic().diagnoses().getFirst());
                assertThat(Double.isFinite(parts.total())).isTrue();
                assertThat(Arrays.stream(Part.values()).mapToDouble(parts::of).sum()).as(c.name()).isCloseTo(parts.total(), within(EXACT));
                assertThat(Arrays.stream(parts.perTurn()).sum()).as(c.name()).isCloseTo(parts.total(), within(EXACT));
                assertThat(parts.perTurn()).hasSameSizeAs(asked);
            }
        }
    }

    private static double total(Case c, List<Answer> answers, int place, String text, Diagnosis truth) {
        var changed = new ArrayList<>(answers);
        changed.set(place, new Answer(answers.get(place).questionId(), text));
        return c.reward().score(changed, truth).total();
    }

    private static List<Answer> randomAnswers(ClinicalLogic logic, Random random) {
        return new ArrayList<>(logic.questions().stream().map(q -> {
            var wordings = wordings(q);
            var text = wordings.get(random.nextInt(wordings.size())) + " so it is".repeat(random.nextInt(4)) + (random.nextBoolean() ? " More of it." : "");
            return new Answer(q.id(), text, random.nextBoolean());
        }).toList());
    }
}
