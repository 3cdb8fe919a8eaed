package org.drllava.tensor;

import org.drllava.bindings.kernels.Kernels;

/** Keys and values of one layer for sequences that grow, in the kernels' own layout; its memory belongs to the innermost scope. */
public final class CachedKeys {
    private final Kernels.CacheShape shape;
    private final Tensor memory;

    /** Room for {@code batch} sequences of up to {@code capacity} tokens. */
    public CachedKeys(long batch, long capacity, long keyHeads, long head) {
        shape = new Kernels.CacheShape(batch, capacity, keyHeads, head);
        memory = Tensors.zeros(Device.CPU, DType.FLOAT32, shape.floats());
    }

    /**
     * Writes tokens to their places.
     *
     * @param keys      [rows, keyHeads * head], rotated; @param values as keys
     * @param sequences int64 [rows]; @param positions int64 [rows]
     */
    public void append(Matrix keys, Matrix values, Tensor sequences, Tensor positions) {
        Kernels.append(shape, memory.segment(), memory.elements(), keys.memory(), keys.stride(), values.memory(), values.stride(),
                sequences.segment(), positions.segment(), keys.rows());
    }

    /** Attention of rows over what the cache holds of their sequences up to their positions. @param q [rows, heads * head] */
    public void attend(Matrix out, Matrix q, Tensor sequences, Tensor positions) {
        Kernels.cachedAttention(out.memory(), out.stride(), q.memory(), q.stride(), shape, memory.segment(), memory.elements(), sequences.segment(),
                positions.segment(), q.rows(), q.columns() / shape.head(), (float) (1 / Math.sqrt(shape.head())));
    }
}
