package org.drllava.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A flat buffer cut into a shard a rank, at multiples of {@link #BLOCK} elements, so that what is computed by the block does
 * not depend on how many ranks there are.
 */
record Shards(long elements, int ranks) {
    /** Elements of a block. */
    static final int BLOCK = 4096;

    long start(int rank) {
        return Math.min(elements, blocks() * rank / ranks * BLOCK);
    }

    long size(int rank) {
        return start(rank + 1) - start(rank);
    }

    private long blocks() {
        return (elements + BLOCK - 1) / BLOCK;
    }

    /** A rank's shard of {@code flat}, without a copy. */
    Tensor of(Tensor flat, int rank) {
        return Tensors.alias(flat, start(rank), size(rank));
    }

    /** The memory of all shards of {@code flat}, by rank. */
    List<MemorySegment> memory(Tensor flat) {
        MemorySegment all = flat.memory();
        return IntStream.range(0, ranks).mapToObj(rank -> all.asSlice(start(rank) * Float.BYTES, size(rank) * Float.BYTES)).toList();
    }
}
