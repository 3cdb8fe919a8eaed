package org.drllava.tensor;

import static org.drllava.bindings.kernels.KernelLibrary.CPU;
import static org.drllava.tensor.KernelArguments.floats;
import static org.drllava.tensor.KernelArguments.floatsOrNull;
import static org.drllava.tensor.KernelArguments.indices;
import static org.drllava.tensor.KernelArguments.require;
import static org.drllava.tensor.KernelArguments.requireElements;
import static org.drllava.tensor.KernelArguments.requireOffsets;
import static org.drllava.tensor.KernelArguments.requireSize;
import static org.drllava.tensor.Kernels.on;

import java.lang.foreign.MemorySegment;
import org.drllava.bindings.kernels.AttentionKernels;
import org.drllava.bindings.kernels.KernelLibrary;

/** Causal attention, there and back, on the project's own {@link Kernels}. For sequences that grow see {@link KeyValueCache}. */
public final class Attention {
    private Attention() {}

    /**
     * Sequences one after the other, without padding.
     *
     * @param keyOffsets   int64 [sequences + 1]: where each sequence begins, and the number of tokens
     * @param queryOffsets int64 [sequences + 1] for the rows of q; null when every token is a query
     * @param positions    int64 [queries], each query's place in its sequence; null with queryOffsets
     */
    public record Packed(Tensor keyOffsets, Tensor queryOffsets, Tensor positions) {
        public static Packed all(Tensor keyOffsets) {
            return new Packed(keyOffsets, null, null);
        }

        private AttentionKernels.Shape shape(KernelLibrary on, Columns q, Columns keys, long head) {
            long offsets = keyOffsets.elements();
            require(offsets > 0, () -> "offsets are empty");
            if (on == CPU) {
                requireOffsets(keyOffsets, keys.rows());
                requireOffsets(queryOffsets == null ? keyOffsets : queryOffsets, q.rows());
            }
            return new AttentionKernels.Shape(offsets - 1, indices(on, keyOffsets, offsets),
                    queryOffsets == null ? MemorySegment.NULL : indices(on, queryOffsets, offsets),
                    positions == null ? MemorySegment.NULL : indices(on, positions, q.rows()), q.count() / head, keys.count() / head, head,
                    scale(head));
        }
    }

    /** @param out may be q; @param logsumexp [queries, heads] to fill, or null; @param head elements of a head */
    public static void forward(Columns out, Tensor logsumexp, Columns q, Columns keys, Columns values, Packed packed, long head) {
        requireSize("out", out, q.rows(), q.count());
        requireSize("values", values, keys.rows(), keys.count());
        requireElements("logsumexp", logsumexp, q.rows() * (q.count() / head));
        KernelLibrary on = on(out);
        AttentionKernels.attend(on, out.data(on), floatsOrNull(on, logsumexp), q.data(on), keys.data(on), values.data(on),
                packed.shape(on, q, keys, head));
    }

    /** Overwrites dq, dkeys and dvalues. @param out of {@link #forward}; @param logsumexp likewise */
    public static void backward(Columns dq, Columns dkeys, Columns dvalues, Columns dout, Columns out, Tensor logsumexp, Columns q,
            Columns keys, Columns values, Packed packed, long head) {
        requireSize("dq", dq, q.rows(), q.count());
        requireSize("dout", dout, q.rows(), q.count());
        requireSize("out", out, q.rows(), q.count());
        requireSize("dkeys", dkeys, keys.rows(), keys.count());
        requireSize("values", values, keys.rows(), keys.count());
        requireSize("dvalues", dvalues, keys.rows(), keys.count());
        requireElements("logsumexp", logsumexp, q.rows() * (q.count() / head));
        KernelLibrary on = on(dq);
        AttentionKernels.attendBackward(on, dq.data(on), dkeys.data(on), dvalues.data(on), dout.data(on), out.data(on), floats(on, logsumexp),
                q.data(on), keys.data(on), values.data(on), packed.shape(on, q, keys, head));
    }

    static float scale(long head) {
        return (float) (1 / Math.sqrt(head));
    }
}
