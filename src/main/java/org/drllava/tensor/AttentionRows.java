package org.drllava.tensor;

import java.lang.foreign.MemorySegment;
import org.drllava.bindings.kernels.Kernels;

/**
 * Which rows of packed sequences look at which: keys of sequence s are rows {@code keyOffsets[s]} to {@code keyOffsets[s + 1] - 1},
 * its queries rows {@code queryOffsets[s]} to {@code queryOffsets[s + 1] - 1}, each seeing its sequence up to its own position.
 *
 * @param keyOffsets   int64 [sequences + 1], from 0
 * @param queryOffsets the same for queries, or null where every row is one
 * @param positions    int64 [queries], in their sequences; null where {@code queryOffsets} is
 */
public record AttentionRows(Tensor keyOffsets, Tensor queryOffsets, Tensor positions) {
    Kernels.AttentionShape shape(long heads, long keyHeads, long head) {
        return new Kernels.AttentionShape(keyOffsets.elements() - 1, keyOffsets.segment(), memory(queryOffsets), memory(positions), heads, keyHeads,
                head, (float) (1 / Math.sqrt(head)));
    }

    private static MemorySegment memory(Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : tensor.segment();
    }
}
