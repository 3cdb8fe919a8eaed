package org.drllava.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.drllava.evaluate.Conversations.conversation;
import static org.drllava.evaluate.Conversations.sure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final Offset<Double> CLOSE = within(1e-12);

    private static Calibration of(List<AnsweredConversation> conversations) {
        return Calibration.of(conversations, "diagnosis", 1).orElseThrow();
    }

    private static AnsweredConversation talk(int number, String label, double aml, double normal) {
        return sure(conversation("c" + number, "p" + number, label, "adequate", "none", "normal"), Map.of("AML", aml, "normal", normal));
    }

    /** Bins: [.9, 1] has 0.9 right and 1.0 wrong; [.6, .7) has 0.6 right and 0.62 wrong. */
    @Test
    void countsAsByHand() {
        var calibration = of(List.of(talk(1, "AML", 0.9, 0.1), talk(2, "NORMAL", 1, 0), talk(3, "NORMAL", 0.4, 0.6), talk(4, "AML", 0.38, 0.62)));

        assertThat(calibration.conversations()).isEqualTo(4);
        assertThat(calibration.error().value()).isCloseTo((Math.abs(1 - 1.9) + Math.abs(1 - 1.22)) / 4, CLOSE);
        assertThat(calibration.brier().value()).isCloseTo((0.02 + 2 + 0.32 + 2 * 0.62 * 0.62) / 4, CLOSE);
        assertThat(calibration.logLoss().value()).isCloseTo(-(Math.log(0.9) + Math.log(1e-15) + Math.log(0.6) + Math.log(0.38)) / 4, CLOSE);
        assertThat(calibration.accuracy().value()).isEqualTo(0.5);
        assertThat(calibration.confidence().value()).isCloseTo((0.9 + 1 + 0.6 + 0.62) / 4, CLOSE);
        assertThat(calibration.baseBrier()).isCloseTo(0.5, CLOSE);
        assertThat(calibration.baseLogLoss()).isCloseTo(Math.log(2), CLOSE);
        assertThat(calibration.bins()).hasSize(10);
        assertThat(calibration.bins().get(9).conversations()).isEqualTo(2);
        assertThat(calibration.bins().get(6).confidence()).isCloseTo(0.61, CLOSE);
        assertThat(calibration.bins().get(0).accuracy()).isNaN();
        assertThat(calibration.toJson().toString()).doesNotContain("NaN");
    }

    /** Probabilities that are drawn true to themselves leave an error near 0; the same ones sharpened do not. */
    @Test
    void tellsHonestFromOverconfident() {
        var random = new SplittableRandom(2);
        var honest = new ArrayList<AnsweredConversation>();
        var bold = new ArrayList<AnsweredConversation>();
        for (int i = 0; i < 5_000; i++) {
            double aml = random.nextDouble();
            var label = random.nextDouble() < aml ? "AML" : "NORMAL";
            double sharper = Math.pow(aml, 4) / (Math.pow(aml, 4) + Math.pow(1 - aml, 4));
            honest.add(talk(i, label, aml, 1 - aml));
            bold.add(talk(i, label, sharper, 1 - sharper));
        }
        assertThat(of(honest).error().value()).isLessThan(0.03);
        assertThat(of(bold).error().value()).isGreaterThan(0.1);
        assertThat(of(honest).logLoss().value()).isLessThan(of(bold).logLoss().value()).isLessThan(of(honest).baseLogLoss());
        assertThat(of(honest).brier().value()).isLessThan(of(bold).brier().value());
    }

    @Test
    void aTruthWithoutProbabilityIsAWholeMiss() {
        var one = sure(conversation("a", "ann", "BLOOD", "blood", "inadequate", "AML"), Map.of("AML", 1.0));
        assertThat(of(List.of(one)).brier().value()).isEqualTo(2);
    }

    @Test
    void withoutProbabilitiesThereIsNothing() {
        assertThat(Calibration.of(List.of(conversation("a", "ann", "AML", "adequate", "none", "normal")), "diagnosis", 1)).isEmpty();
        assertThat(Calibration.of(List.of(sure(conversation("a", "ann", "AML", "adequate"), Map.of("AML", 1.0))), "diagnosis", 1)).isEmpty();
    }
}
