package org.drllava.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.drllava.evaluate.Conversations.QUESTIONNAIRE;
import static org.drllava.evaluate.Conversations.conversation;

import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTableTest {
    private static final Metrics SFT = Scorer.score(List.of(
            conversation("a", "ann", "AML", "adequate", "none", "normal"),
            conversation("b", "bob", "NORMAL", "adequate", "none", "normal")), QUESTIONNAIRE, 1);
    private static final Metrics PPO = Scorer.score(List.of(
            conversation("a", "ann", "AML", "adequate", "myeloblasts", "AML"),
            conversation("b", "bob", "NORMAL", "adequate", "none", "normal")), QUESTIONNAIRE, 1);

    @Test
    void headlineIsAlignedAndShowsPointsOverTheFirstArm() {
        var arms = new LinkedHashMap<String, Metrics>();
        arms.put("SFT", SFT);
        arms.put("PPO", PPO);

        assertThat(MetricsTable.headline(arms)).isEqualTo("""
                                                           SFT                      PPO
                question accuracy        66.7 % [ 33.3, 100.0]   100.0 % [100.0, 100.0]
                conversation accuracy    50.0 % [  0.0, 100.0]   100.0 % [100.0, 100.0]
                diagnosis accuracy       50.0 % [  0.0, 100.0]   100.0 % [100.0, 100.0]
                consistency             100.0 % [100.0, 100.0]   100.0 % [100.0, 100.0]

                points over SFT
                question accuracy                                                 +33.3
                conversation accuracy                                             +50.0
                diagnosis accuracy                                                +50.0
                consistency                                                        +0.0
                """);
    }

    @Test
    void everyTableIsAligned() {
        assertThat(MetricsTable.levels(SFT)).isEqualTo("""
                level                        accuracy                 macro F1                 balanced                 majority
                question        66.7 % [ 33.3, 100.0]    55.6 % [ 33.3, 100.0]    66.7 % [ 33.3, 100.0]    66.7 % [ 33.3, 100.0]
                conversation    50.0 % [  0.0, 100.0]    33.3 % [  0.0, 100.0]    50.0 % [  0.0, 100.0]    50.0 % [  0.0, 100.0]
                diagnosis       50.0 % [  0.0, 100.0]    33.3 % [  0.0, 100.0]    50.0 % [  0.0, 100.0]    50.0 % [  0.0, 100.0]
                """);
        assertThat(MetricsTable.questions(SFT)).isEqualTo("""
                question                  accuracy   macro F1   balanced   majority   no match   conflict   answers
                quality     100.0 % [100.0, 100.0]    100.0 %    100.0 %    100.0 %      0.0 %      0.0 %         2
                cells        50.0 % [  0.0, 100.0]     33.3 %     50.0 %     50.0 %      0.0 %      0.0 %         2
                diagnosis    50.0 % [  0.0, 100.0]     33.3 %     50.0 %     50.0 %      0.0 %      0.0 %         2
                """);
        assertThat(MetricsTable.confusion(SFT.diagnoses())).isEqualTo("""
                truth \\ read   AML   normal   unknown   no_match   conflict
                AML              0        1         0          0          0
                NORMAL           0        1         0          0          0
                """);
    }

    @Test
    void tablesOfWhatThereIsNothingOfAreLeftOut() {
        assertThat(MetricsTable.details(SFT)).contains("level", "class ", "abstention where not due").doesNotContain("scenario", "misleading", "Brier");
    }
}
