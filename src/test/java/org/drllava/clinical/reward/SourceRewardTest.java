package org.drllava.clinical.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.drllava.clinical.logic.RewardWeights;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The preset {@code source}: S = sum of c_i and a_i, with c_i 1 for the right symbol, -0.5 for none, else 0, and a_i 1 where two
 * answers in a row lie on one path. The cases are reckoned by hand; the lengths of answers do not count.
 */
class SourceRewardTest {
    @TempDir
    private Path folder;

    private static final Answer GOOD = new Answer("quality", "The sample is good enough.");
    private static final Answer POOR = new Answer("quality", "The quality is poor.");
    private static final Answer CELLULAR = new Answer("content", "There are many marrow cells.");
    private static final Answer CLOT = new Answer("content", "It shows a clot.");
    private static final Answer ABNORMAL = new Answer("abnormality", "This is abnormal.");
    private static final Answer NORMAL = new Answer("abnormality", "This is normal.");
    private static final Answer BLASTS = new Answer("cells", "Myeloblasts.");
    private static final Answer PLASMA = new Answer("cells", "Plasma cells, many plasma cells, here and there and all over the picture of this patient.");
    private static final Answer AML = new Answer("diagnosis", "AML.");
    private static final Answer NOTHING = new Answer("diagnosis", "lorem ipsum");

    private double score(String label, Answer... answers) {
        return new Reward(WeightsText.logic("{preset: source}", folder)).score(List.of(answers), label).total();
    }

    @Test
    void handReckonedConversations() {
        assertThat(score("aml", GOOD, CELLULAR, ABNORMAL, BLASTS, AML)).isEqualTo(5 + 4);
        assertThat(score("aml", AML, GOOD, BLASTS, CELLULAR, ABNORMAL)).isEqualTo(5 + 4); // any two of a path are consistent
        assertThat(score("mm", GOOD, CELLULAR, ABNORMAL, BLASTS, AML)).isEqualTo(3 + 4); // wrong, yet coherent
        assertThat(score("aml", GOOD, CELLULAR, NORMAL, BLASTS, AML)).isEqualTo(4 + 3); // normal-blasts is none
        assertThat(score("aml", GOOD, CELLULAR, ABNORMAL, PLASMA, AML)).isEqualTo(4 + 3); // plasma-AML is none; length is free
        assertThat(score("aml", GOOD, CELLULAR, ABNORMAL, BLASTS, NOTHING)).isEqualTo(4 - .5 + 3);
        assertThat(score("aml", GOOD, NOTHING, CELLULAR, ABNORMAL, BLASTS)).isEqualTo(4 - .5 + 2); // it also parts its neighbours
        assertThat(score("clot", POOR, CLOT)).isEqualTo(2 + 1);
        assertThat(score("aml", POOR, CELLULAR)).isEqualTo(1); // cellular is right, and lies on no path with poor
        assertThat(score("clot", CLOT, GOOD)).isEqualTo(1);
    }

    @Test
    void noMatchIsNeverRight() {
        // There, no match against no match was +1 and made gibberish earn on average.
        for (var label : List.of("normal", "aml", "mm", "blood", "clot")) {
            assertThat(score(label, NOTHING)).isEqualTo(-.5);
        }
    }

    @Test
    void aMissingEndCostsTwoAndIsPaidAtTheEnd() {
        assertThat(score("aml", GOOD, new Answer("content", CELLULAR.text(), false))).isEqualTo(2 + 1 - 2);
        assertThat(RewardWeights.SOURCE.credit()).isEqualTo(Credit.CONVERSATION);
        assertThat(WeightsText.read("{preset: source}", folder)).isEqualTo(RewardWeights.SOURCE);
        assertThat(WeightsText.read("{preset: source, consistency: 0.5}", folder)).isEqualTo(RewardWeights.SOURCE.withConsistency(.5));
        assertThat(WeightsText.read("{preset: default}", folder)).isEqualTo(RewardWeights.DEFAULT);
    }
}
