package org.drllava.model;

import java.util.List;
import java.util.stream.IntStream;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.KeyValueCache;

/** Keys and values of every layer in the layout of the project's own kernels. */
final class PackedCache implements TokenCache {
    private final List<KeyValueCache> layers;
    private final RowLengths lengths;

    /** @param precision what is kept of them: float32 or bfloat16 */
    PackedCache(Text config, Device device, int batch, int capacity, DType precision) {
        layers = IntStream.range(0, config.layers())
                .mapToObj(_ -> new KeyValueCache(device, batch, capacity, config.kvHeads(), config.headSize(), precision)).toList();
        lengths = new RowLengths(batch, capacity);
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
        layers.forEach(layer -> layer.copy(from, to, length));
    }

    RowLengths lengths() {
        return lengths;
    }

    KeyValueCache layer(int layer) {
        return layers.get(layer);
    }
}
