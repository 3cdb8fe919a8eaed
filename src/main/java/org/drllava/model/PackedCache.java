package org.drllava.model;

import java.util.List;
import java.util.stream.IntStream;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;

/** Keys and values of every layer in the layout of the project's own kernels. */
final class PackedCache implements TokenCache {
    private final List<Kernels.Cache> layers;
    private final int[] lengths;
    private final int capacity;

    /** @param precision what is kept of them: float32 or bfloat16 */
    PackedCache(Text config, Device device, int batch, int capacity, DType precision) {
        layers = IntStream.range(0, config.layers())
                .mapToObj(_ -> new Kernels.Cache(device, batch, capacity, config.kvHeads(), config.headSize(), precision)).toList();
        lengths = new int[batch];
        this.capacity = capacity;
    }

    @Override
    public int length(int row) {
        return lengths[row];
    }

    @Override
    public void rewind(int row, int length) {
        if (length < 0 || length > lengths[row]) {
            throw new IllegalArgumentException("row " + row + " holds " + lengths[row] + " tokens and cannot go back to " + length);
        }
        lengths[row] = length;
    }

    @Override
    public void copy(int from, int to, int length) {
        if (length > lengths[from]) {
            throw new IllegalArgumentException("row " + from + " holds " + lengths[from] + " tokens, fewer than " + length);
        }
        layers.forEach(layer -> layer.copy(from, to, length));
        lengths[to] = length;
    }

    /** Tokens that a row may hold. */
    int capacity() {
        return capacity;
    }

    int[] lengths() {
        return lengths.clone();
    }

    Kernels.Cache layer(int layer) {
        return layers.get(layer);
    }

    /** Each row grows by so many tokens, which the pass that follows writes. */
    void grow(int[] added) {
        for (int row = 0; row < lengths.length; row++) {
            if (lengths[row] + added[row] > capacity) {
                throw new IllegalStateException("row " + row + " would hold " + (lengths[row] + added[row]) + " tokens, more than the cache's "
                        + capacity);
            }
            lengths[row] += added[row];
        }
    }
}
