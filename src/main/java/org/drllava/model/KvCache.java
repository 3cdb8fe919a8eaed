package org.drllava.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/**
 * Keys and values of sequences that grow turn by turn, allocated once. Rows have lengths of their own and no holes, so a
 * token's place in the cache is its position.
 */
public final class KvCache implements TokenCache {
    private final int batch;
    private final int capacity;
    private final Device device;
    private final List<Tensor> keys = new ArrayList<>();
    private final List<Tensor> values = new ArrayList<>();
    private final RowLengths lengths;

    KvCache(Text config, int batch, int capacity, Device device, DType dtype) {
        this.batch = batch;
        this.capacity = capacity;
        this.device = device;
        lengths = new RowLengths(batch, capacity);
        for (int layer = 0; layer < config.layers(); layer++) {
            // One place more than the capacity: padding of a ragged step is written there and never read.
            keys.add(Tensors.zeros(device, dtype, (long) batch * (capacity + 1), config.kvHeads(), config.headSize()));
            values.add(Tensors.zeros(device, dtype, (long) batch * (capacity + 1), config.kvHeads(), config.headSize()));
        }
    }

    @Override
    public int length(int row) {
        return lengths.of(row);
    }

    @Override
    public void rewind(int row, int length) {
        lengths.copy(row, row, length);
    }

    @Override
    public void copy(int from, int to, int length) {
        lengths.copy(from, to, length);
        Stream.concat(keys.stream(), values.stream()).forEach(layer -> Ops.copyInto(places(layer, to, length), places(layer, from, length)));
    }

    private Tensor places(Tensor layer, int row, int length) {
        long start = (long) row * (capacity + 1);
        return Ops.slice(layer, 0, start, start + length);
    }

    /** Makes room for {@code tokens} after what is there. */
    Step append(TokenBatch tokens, RotaryPositions rotary) {
        int time = tokens.time();
        int[] positions = new int[batch * time];
        int[] places = new int[batch * time];
        int longest = 0;
        int[] starts = lengths.all();
        lengths.grow(tokens.lengths());
        for (int row = 0; row < batch; row++) {
            for (int t = 0; t < time; t++) {
                boolean real = t < tokens.lengths()[row];
                positions[row * time + t] = real ? starts[row] + t : 0;
                places[row * time + t] = row * (capacity + 1) + (real ? starts[row] + t : capacity);
            }
            longest = Math.max(longest, lengths.of(row));
        }
        byte[] mask = mask(tokens, starts, longest);
        return new Step(time, longest, rotary.rows(Tensors.of(device, positions, positions.length)),
                Tensors.of(device, places, places.length), Tensors.ofBooleans(device, mask, batch, 1, time, longest));
    }

    /** [batch, 1, time, keys]: a new token sees its row up to itself; padding sees the first key, as softmax needs one. */
    private byte[] mask(TokenBatch tokens, int[] starts, int keyCount) {
        int time = tokens.time();
        byte[] mask = new byte[batch * time * keyCount];
        for (int row = 0; row < batch; row++) {
            for (int t = 0; t < time; t++) {
                int visible = t < tokens.lengths()[row] ? starts[row] + t + 1 : 1;
                int start = (row * time + t) * keyCount;
                java.util.Arrays.fill(mask, start, start + visible, (byte) 1);
            }
        }
        return mask;
    }

    /** One forward pass over the tokens just appended. */
    final class Step implements AttentionPlan {
        private final int time;
        private final int keyCount;
        private final RotaryPositions.Rows rotary;
        private final Tensor places;
        private final Tensor mask;

        private Step(int time, int keyCount, RotaryPositions.Rows rotary, Tensor places, Tensor mask) {
            this.time = time;
            this.keyCount = keyCount;
            this.rotary = rotary;
            this.places = places;
            this.mask = mask;
        }

        @Override
        public RotaryPositions.Rows rotary() {
            return rotary;
        }

        @Override
        public Tensor attend(int layer, Tensor q, Tensor k, Tensor v) {
            Ops.indexCopyInPlace(keys.get(layer), 0, places, k);
            Ops.indexCopyInPlace(values.get(layer), 0, places, v);
            Tensor queries = Ops.permute(Ops.view(q, batch, time, q.size(1), q.size(2)), 0, 2, 1, 3);
            Tensor out = Ops.attention(queries, visible(keys.get(layer)), visible(values.get(layer)), mask, false);
            return Ops.reshape(Ops.permute(out, 0, 2, 1, 3), (long) batch * time, q.size(1) * q.size(2));
        }

        /** [batch, kvHeads, keys, head] */
        private Tensor visible(Tensor cached) {
            Tensor rows = Ops.view(cached, batch, capacity + 1, cached.size(1), cached.size(2));
            return Ops.permute(Ops.slice(rows, 1, 0, keyCount), 0, 2, 1, 3);
        }
    }
}
