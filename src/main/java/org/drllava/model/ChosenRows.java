package org.drllava.model;

import java.util.Arrays;
import org.drllava.tensor.Device;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/**
 * The rows of a batch whose last hidden states are wanted. The last block needs keys and values of every row, but queries,
 * output and feed-forward of these alone: with answers a third of the tokens, that saves more than half of the block.
 *
 * @param rows     int64 [n], places in {@code batch * time}, ascending
 * @param most     rows of the sequence that has most of them
 * @param padded   int64 [batch * most], for each sequence the numbers (0 to n-1) of its rows, then zeros
 * @param unpadded int64 [n], where in {@code batch * most} each row went
 * @param visible  bool [batch, 1, most, time], true at keys up to the row's own place; padding sees the first key
 */
record ChosenRows(Tensor rows, int most, Tensor padded, Tensor unpadded, Tensor visible) {
    static ChosenRows of(TokenBatch tokens, int[] rows, Device device) {
        int[] counts = new int[tokens.batch()];
        for (int row : rows) {
            counts[row / tokens.time()]++;
        }
        int most = Math.max(1, Arrays.stream(counts).max().orElse(0));
        int[] padded = new int[tokens.batch() * most];
        int[] unpadded = new int[rows.length];
        byte[] visible = new byte[tokens.batch() * most * tokens.time()];
        for (int slot = 0; slot < padded.length; slot++) {
            visible[slot * tokens.time()] = 1;
        }
        int[] next = new int[tokens.batch()];
        for (int i = 0; i < rows.length; i++) {
            int sequence = rows[i] / tokens.time();
            int slot = sequence * most + next[sequence]++;
            padded[slot] = i;
            unpadded[i] = slot;
            Arrays.fill(visible, slot * tokens.time(), slot * tokens.time() + rows[i] % tokens.time() + 1, (byte) 1);
        }
        return new ChosenRows(Tensors.of(device, rows, rows.length), most, Tensors.of(device, padded, padded.length),
                Tensors.of(device, unpadded, unpadded.length),
                Tensors.ofBooleans(device, visible, tokens.batch(), 1, most, tokens.time()));
    }
}
