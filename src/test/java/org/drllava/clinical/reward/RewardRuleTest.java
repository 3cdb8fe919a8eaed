package org.drllava.clinical.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.RewardRule;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Rules in Java, as a jar would bring them: the test class path has META-INF/services for two. */
class RewardRuleTest {
    @TempDir
    private Path folder;

    private static final List<Answer> HEALTHY = List.of(new Answer("quality", "It is good."), new Answer("diagnosis", "This patient is healthy."));

    @Test
    void aRuleOfTheClassPathAddsToTheReward() {
        var logic = WeightsText.logic("{rules: [missed-disease]}", folder);
        var reward = new Reward(logic);
        assertThat(reward.score(HEALTHY, "normal").total()).isEqualTo(2);
        assertThat(reward.score(HEALTHY, "aml").perTurn()).containsExactly(1, -2);
        assertThat(reward.score(HEALTHY, "aml").sums().rules()).containsExactly(Map.entry("missed-disease", -2.));
        assertThat(reward.score(List.of(), "aml").total()).isZero();
        var line = new JsonMapper().readTree(RewardLine.score(logic, reward, """
                {"id": "a", "answers": [{"question": "diagnosis", "text": "Healthy."}], "label": "mm"}""", "a.jsonl: line 1"));
        assertThat(line.get("rules").get("missed-disease").doubleValue()).isEqualTo(-2);
        assertThat(line.get("answers").get(0).get("rules").get("missed-disease").doubleValue()).isEqualTo(-2);
        assertThat(line.get("total").doubleValue()).isEqualTo(-2);
    }

    @Test
    void logicsWithoutRulesAskNone() {
        var reward = new Reward(WeightsText.logic("{}", folder));
        assertThat(reward.score(HEALTHY, "aml").sums().rules()).isEmpty();
        assertThat(reward.score(HEALTHY, "aml").total()).isEqualTo(1);
    }

    @Test
    void anUnknownRuleIsNamedWithTheKnownOnes() {
        assertThatThrownBy(() -> WeightsText.logic("{rules: [missed-diseases]}", folder)).isInstanceOf(InputException.class)
                .hasMessageContaining("missed-diseases").hasMessageContaining("missed-disease, source-ecg").hasMessageContaining(".yaml:");
    }

    @Test
    void aRuleMustGiveANumberForEachAnswer() {
        record Fixed(double... additions) implements RewardRule {
            @Override
            public String name() {
                return "fixed";
            }

            @Override
            public double[] additions(List<Turn> turns, Diagnosis truth) {
                return additions;
            }
        }
        var turns = List.of(new RewardRule.Turn("quality", "", true, new Parsed.NoMatch(List.of()), "adequate"));
        for (var wrong : List.of(new Fixed(), new Fixed(1, 2), new Fixed(Double.NaN), new Fixed((double[]) null))) {
            assertThatThrownBy(() -> RuleAdditions.checked(wrong, turns, null)).isInstanceOf(InputException.class)
                    .hasMessageContaining("'fixed'").hasMessageContaining("each of 1 answers");
        }
        assertThat(RuleAdditions.checked(new Fixed(.5), turns, null)).containsExactly(.5);
    }
}
