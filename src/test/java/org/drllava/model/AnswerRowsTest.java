package org.drllava.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerRowsTest {
    /**
     * <pre>
     * row 0:  1 10 11 12 2     answer 12 2
     * row 1:  1 20 2 (pad pad) answer 20, then 2 is not learned
     * row 2:  1 30 31 2 (pad)  answer 30 and 2, not 31
     * </pre>
     */
    @Test
    void anAnswerTokenIsPredictedOnePlaceEarlier() {
        TokenBatch batch = TokenBatch.of(List.of(new int[] {1, 10, 11, 12, 2}, new int[] {1, 20, 2}, new int[] {1, 30, 31, 2}));
        assertThat(batch.time()).isEqualTo(5);
        assertThat(batch.ids()).containsExactly(1, 10, 11, 12, 2, 1, 20, 2, 0, 0, 1, 30, 31, 2, 0);
        AnswerRows rows = AnswerRows.of(batch, List.of(new boolean[] {false, false, false, true, true}, new boolean[] {false, true, false},
                new boolean[] {false, true, false, true}));
        assertThat(rows.count()).isEqualTo(5);
        assertThat(rows.rows()).as("where the predicting states are").containsExactly(2, 3, 5, 10, 12);
        assertThat(rows.targets()).as("the tokens themselves").containsExactly(12, 2, 20, 30, 2);
    }

    @Test
    void aFirstTokenHasNothingBeforeItAndIsNeverPredicted() {
        AnswerRows rows = AnswerRows.of(TokenBatch.of(List.of(new int[] {9}, new int[] {8, 7})), List.of(new boolean[] {true}, new boolean[] {true, false}));
        assertThat(rows.count()).isZero();
    }

    @Test
    void emptyBatchesAndRows() {
        assertThat(TokenBatch.of(List.of()).time()).isZero();
        TokenBatch waiting = TokenBatch.of(List.of(new int[0], new int[] {4}));
        assertThat(waiting.lengths()).containsExactly(0, 1);
        assertThat(waiting.sequence(0)).isEmpty();
        assertThat(waiting.sequence(1)).containsExactly(4);
        assertThat(AnswerRows.of(waiting, List.of(new boolean[0], new boolean[1])).count()).isZero();
    }

    @Test
    void placesOfATokenLeavePaddingOut() {
        TokenBatch batch = TokenBatch.of(List.of(new int[] {0, 5}, new int[] {5, 0, 0}, new int[] {3}));
        assertThat(batch.placesOf(0)).as("padding is 0 too").containsExactly(0, 4, 5);
        assertThat(batch.placesOf(9)).isEmpty();
    }
}
