package org.drllava.tensor;

import static org.drllava.bindings.kernels.KernelLibrary.CPU;
import static org.drllava.bindings.kernels.KernelLibrary.CUDA;
import static org.drllava.tensor.KernelArguments.floats;
import static org.drllava.tensor.KernelArguments.indices;
import static org.drllava.tensor.KernelArguments.precision;
import static org.drllava.tensor.KernelArguments.require;
import static org.drllava.tensor.KernelArguments.requireSize;
import static org.drllava.tensor.Kernels.on;
import static org.drllava.tensor.Kernels.onGpu;

import org.drllava.bindings.kernels.AttentionKernels;
import org.drllava.bindings.kernels.KernelLibrary;

/** Keys and values of one layer for sequences that grow, in a layout of the kernels' own. */
public final class KeyValueCache {
    private final AttentionKernels.CacheShape shape;
    private final Tensor data;

    /**
     * An empty cache; it belongs to the innermost scope.
     *
     * @param capacity  tokens of a sequence
     * @param precision what is kept of keys and values: float32, or bfloat16 in half the memory
     */
    public KeyValueCache(Device device, long batch, long capacity, long kvHeads, long head, DType precision) {
        shape = new AttentionKernels.CacheShape(batch, capacity, kvHeads, head, precision(precision));
        data = Tensors.zeros(device, DType.FLOAT32, AttentionKernels.cacheFloats(onGpu(device) ? CUDA : CPU, shape));
    }

    /** @param keys [rows, kvHeads · head], rotated; @param values as keys; @param sequences int64 [rows]; @param positions int64 [rows] */
    public void append(Columns keys, Columns values, Tensor sequences, Tensor positions) {
        requireSize("keys", keys, keys.rows(), shape.kvHeads() * shape.head());
        requireSize("values", values, keys.rows(), keys.count());
        KernelLibrary on = on(keys);
        AttentionKernels.append(on, shape, floats(on, data), keys.data(on), values.data(on), indices(on, sequences, keys.rows()),
                indices(on, positions, keys.rows()), keys.rows());
    }

    /** Gives sequence {@code to} the first {@code length} tokens of {@code from}. */
    public void copy(long from, long to, long length) {
        KernelLibrary on = on(data);
        AttentionKernels.copy(on, shape, floats(on, data), from, to, length);
    }

    /** Each row sees its sequence's places 0 to its position. @param out may be q; @param q [rows, heads · head], rotated */
    public void attend(Columns out, Columns q, Tensor sequences, Tensor positions) {
        requireSize("out", out, q.rows(), q.count());
        require(q.count() % shape.head() == 0, () -> q.count() + " columns are no whole heads of " + shape.head());
        KernelLibrary on = on(out);
        AttentionKernels.attendCached(on, out.data(on), q.data(on), shape, floats(on, data), indices(on, sequences, q.rows()),
                indices(on, positions, q.rows()), q.rows(), q.count() / shape.head(), Attention.scale(shape.head()));
    }
}
