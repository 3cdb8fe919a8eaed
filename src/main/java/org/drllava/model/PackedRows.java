package org.drllava.model;

import java.util.stream.IntStream;
import org.drllava.tensor.Attention;
import org.drllava.tensor.Device;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/**
 * The real tokens of a batch one after the other, without padding.
 *
 * @param tokens    places in {@code batch * time}, ascending
 * @param sequences int64 [tokens], the row of the batch each belongs to
 * @param positions int64 [tokens], in its sequence
 * @param offsets   int64 [batch + 1], where each sequence starts
 */
record PackedRows(int[] tokens, Tensor sequences, Tensor positions, Tensor offsets) {
    /** @param starts tokens that stand before the batch's in each sequence */
    static PackedRows of(Device device, TokenBatch batch, int[] starts) {
        int[] places = IntStream.range(0, batch.batch()).flatMap(row -> IntStream.range(0, batch.lengths()[row]).map(t -> row * batch.time() + t)).toArray();
        return of(device, batch, starts, places);
    }

    /** Some of the tokens only. @param places in {@code batch * time}, ascending, none of them padding */
    static PackedRows of(Device device, TokenBatch batch, int[] starts, int[] places) {
        long[] sequences = new long[places.length];
        long[] positions = new long[places.length];
        long[] offsets = new long[batch.batch() + 1];
        for (int i = 0; i < places.length; i++) {
            int row = places[i] / batch.time();
            sequences[i] = row;
            positions[i] = starts[row] + places[i] % batch.time();
            offsets[row + 1]++;
        }
        for (int row = 0; row < batch.batch(); row++) {
            offsets[row + 1] += offsets[row];
        }
        return new PackedRows(places, Tensors.of(device, sequences, sequences.length), Tensors.of(device, positions, positions.length),
                Tensors.of(device, offsets, offsets.length));
    }

    /** Where the tokens of {@code all} that are also here stand in it: int64 [tokens]. */
    Tensor within(PackedRows all) {
        long[] index = new long[tokens.length];
        int next = 0;
        for (int i = 0; i < index.length; i++) {
            while (all.tokens[next] != tokens[i]) {
                next++;
            }
            index[i] = next;
        }
        return Tensors.of(all.positions.device(), index, index.length);
    }

    /** Every token looks at its sequence up to itself. */
    Attention.Packed attention() {
        return Attention.Packed.all(offsets);
    }

    /** Only these of the tokens {@code all} look. */
    Attention.Packed attention(PackedRows all) {
        return new Attention.Packed(all.offsets, offsets, positions);
    }
}
