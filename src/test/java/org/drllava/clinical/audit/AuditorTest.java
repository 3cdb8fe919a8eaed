package org.drllava.clinical.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.reward.Answer;
import org.drllava.clinical.reward.Balance;
import org.drllava.clinical.reward.RandomLogic;
import org.drllava.clinical.reward.Reward;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditorTest {
    private static final double EXACT = 1e-9;

    @TempDir
    private Path folder;

    /** Against every combination, scored from its text as any conversation is. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theBestFixedAnswersAreTheBestOfAll(long seed) {
        var random = new Random(seed);
        var weights = List.of("{}", "{preset: source}", "{path: 2, wrong: 0.5, consistency: 1}").get((int) seed % 3);
        var logic = RandomLogic.of(random, 1 + random.nextInt(4), 3, 3 + random.nextInt(4), weights, folder);
        var labels = labels(logic, random);
        for (boolean balanced : new boolean[] {false, true}) {
            var audit = Auditor.audit(logic, labels, balanced);
            var reward = new Reward(logic, logic.reward(), balanced ? Balance.of(logic, labels) : Balance.NONE);
            var means = combinations(logic).stream().mapToDouble(answers -> mean(reward, answers, labels)).sorted().toArray();
            for (int i = 0; i < audit.best().size(); i++) {
                assertThat(audit.best().get(i).reward()).as("seed %d, place %d", seed, i).isCloseTo(means[means.length - 1 - i], within(EXACT));
            }
            assertThat(audit.exhaustive()).isTrue();
            assertThat(audit.honest()).as("seed %d", seed).isCloseTo(honest(reward, logic, labels), within(EXACT));
            assertThat(audit.silent()).as("seed %d", seed)
                    .isCloseTo(mean(reward, logic.questions().stream().map(q -> new Answer(q.id(), "")).toList(), labels), within(EXACT));
        }
    }

    @Test
    void tenQuestionsOfSixSymbolsAreNoTrouble() {
        var random = new Random(9);
        var logic = RandomLogic.of(random, 10, 6, 12, "{path: 1}", folder);
        var audit = Auditor.audit(logic, labels(logic, random), false);
        assertThat(audit.best().getFirst().reward()).isLessThanOrEqualTo(audit.honest());
        assertThat(audit.best().getFirst().answers()).hasSize(10);
    }

    /** "NSTEMI without elevation" for everybody beats the truth; a table of honest points for all answers does not have that flaw. */
    @Test
    void theSourcesEcgRewardIsWonByAlwaysSayingNstemi() throws URISyntaxException {
        var logic = ClinicalLogic.load(Path.of(AuditorTest.class.getResource("/clinical/ecg-source.yaml").toURI()));
        var labels = Map.of("none", 73, "nstemi", 20, "stemi", 7);
        var audit = Auditor.audit(logic, labels, false);
        assertThat(audit.honest()).isCloseTo(.27 * (2 + 7.5), within(EXACT));
        assertThat(audit.silent()).isCloseTo(-4, within(EXACT));
        assertThat(audit.best().getFirst().reward()).isCloseTo(7.5 + .2 * 2 - .8, within(EXACT));
        assertThat(audit.best().getFirst().toString()).startsWith("no, ").endsWith(", nstemi");
        assertThat(audit.best().getFirst().reward()).isGreaterThan(2 * audit.honest());
        assertThat(audit.share(audit.best().getFirst())).isGreaterThan(1);
        assertThat(audit.won(.8)).isTrue();
        assertThat(audit.exhaustive()).isTrue();
        assertThat(AuditText.verdict(audit, .8)).startsWith("This reward can be won without looking: always answering 'no, ");
    }

    @Test
    void aFrequentLabelMakesItWorthSayingAndBalanceMendsIt() {
        var logic = ClinicalLogic.shipped("painted-marrow");
        var labels = Map.of("normal", 700, "aml", 100, "mm", 100, "blood", 50, "clot", 50);
        var plain = Auditor.audit(logic, labels, false);
        assertThat(plain.best().getFirst().reward()).isCloseTo(2 + .9 + .9 + .7 * 3, within(EXACT));
        assertThat(plain.share(plain.best().getFirst())).isCloseTo((5.9 + 2.5) / 9.5, within(EXACT));
        assertThat(plain.won(.8)).isTrue();
        assertThat(plain.won(.9)).isFalse();
        var balanced = Auditor.audit(logic, labels, true);
        assertThat(balanced.honest()).isCloseTo(7, within(EXACT));
        assertThat(balanced.best().getFirst().reward()).isCloseTo(2 + 1 / 2. + 1 / 3. + 1 / 3. + 1 / 4. + 1 / 4., within(EXACT));
        assertThat(balanced.won(.8)).isFalse();
    }

    @Test
    void aRewardThatPaysNothingIsWonByAnyone() {
        var logic = RandomLogic.of(new Random(3), 2, 2, 2, "{correct: 0, consistency: 0, no_match: 0}", folder);
        assertThat(Auditor.audit(logic, labels(logic, new Random(3)), false).won(1e9)).isTrue();
    }

    @Test
    void anUnknownLabelIsAnError() {
        assertThatThrownBy(() -> Auditor.audit(ClinicalLogic.shipped("painted-marrow"), Map.of("flu", 1), false)).isInstanceOf(InputException.class)
                .hasMessageContaining("flu");
    }

    private static Map<String, Integer> labels(ClinicalLogic logic, Random random) {
        var labels = new TreeMap<String, Integer>();
        logic.diagnoses().forEach(diagnosis -> labels.put(diagnosis.name(), 1 + random.nextInt(50)));
        return labels;
    }

    private static List<List<Answer>> combinations(ClinicalLogic logic) {
        List<List<Answer>> all = List.of(List.of());
        for (var question : logic.questions()) {
            var wordings = new ArrayList<>(question.symbols().stream().map(symbol -> symbol.answers().test().getFirst()).toList());
            wordings.add(String.join(" ", wordings)); // a conflict
            wordings.add("hm");
            all = all.stream().flatMap(before -> wordings.stream().map(wording -> {
                var more = new ArrayList<>(before);
                more.add(new Answer(question.id(), wording));
                return (List<Answer>) more;
            })).toList();
        }
        return all;
    }

    private static double mean(Reward reward, List<Answer> answers, Map<String, Integer> labels) {
        double sum = labels.entrySet().stream().mapToDouble(e -> e.getValue() * reward.score(answers, e.getKey()).total()).sum();
        return sum / labels.values().stream().mapToInt(n -> n).sum();
    }

    private static double honest(Reward reward, ClinicalLogic logic, Map<String, Integer> labels) {
        double sum = labels.entrySet().stream().mapToDouble(e -> e.getValue() * reward.score(logic.questions().stream().map(q -> new Answer(q.id(),
                q.symbol(logic.diagnosis(e.getKey()).path().get(q.id())).answers().test().getFirst())).toList(), e.getKey()).total()).sum();
        return sum / labels.values().stream().mapToInt(n -> n).sum();
    }
}
