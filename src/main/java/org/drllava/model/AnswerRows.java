package org.drllava.model;

import java.util.Arrays;
import java.util.List;

/**
 * The tokens of a batch that are answers. A token at place t is predicted by the hidden state at t-1 of its row.
 *
 * @param rows    [n], where in {@code batch * time} the predicting hidden states are, ascending
 * @param targets [n], the answer tokens themselves
 */
public record AnswerRows(int[] rows, int[] targets) {
    /** @param learn for each sequence of {@code batch}, true at its answer tokens (never at its first token) */
    public static AnswerRows of(TokenBatch batch, List<boolean[]> learn) {
        int[] rows = new int[batch.ids().length];
        int[] targets = new int[batch.ids().length];
        int count = 0;
        for (int row = 0; row < batch.batch(); row++) {
            boolean[] flags = learn.get(row);
            for (int t = 1; t < batch.lengths()[row]; t++) {
                if (flags[t]) {
                    rows[count] = row * batch.time() + t - 1;
                    targets[count++] = batch.ids()[row * batch.time() + t];
                }
            }
        }
        return new AnswerRows(Arrays.copyOf(rows, count), Arrays.copyOf(targets, count));
    }

    public int count() {
        return rows.length;
    }
}
