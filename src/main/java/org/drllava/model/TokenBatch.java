package org.drllava.model;

import java.util.Arrays;
import java.util.List;

/**
 * Sequences of tokens side by side, padded on the right to the longest. Padding stands after everything real, so under
 * causal attention no real token sees it.
 *
 * @param ids     [batch * time], row-major; 0 where padded
 * @param lengths [batch], real tokens of each row
 */
public record TokenBatch(int batch, int time, int[] ids, int[] lengths) {
    public static TokenBatch of(List<int[]> sequences) {
        int time = sequences.stream().mapToInt(s -> s.length).max().orElse(0);
        int[] ids = new int[sequences.size() * time];
        int[] lengths = new int[sequences.size()];
        for (int row = 0; row < lengths.length; row++) {
            int[] sequence = sequences.get(row);
            lengths[row] = sequence.length;
            System.arraycopy(sequence, 0, ids, row * time, sequence.length);
        }
        return new TokenBatch(sequences.size(), time, ids, lengths);
    }

    /** The row's real tokens. */
    public int[] sequence(int row) {
        return Arrays.copyOfRange(ids, row * time, row * time + lengths[row]);
    }

    /** Places in {@link #ids} that hold {@code token}, ascending, padding left out. */
    int[] placesOf(int token) {
        int[] places = new int[ids.length];
        int count = 0;
        for (int row = 0; row < batch; row++) {
            for (int t = 0; t < lengths[row]; t++) {
                if (ids[row * time + t] == token) {
                    places[count++] = row * time + t;
                }
            }
        }
        return Arrays.copyOf(places, count);
    }
}
