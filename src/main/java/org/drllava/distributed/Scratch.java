package org.drllava.distributed;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BiFunction;

/** Memory that is kept from use to use and grows to the largest; each use ends the one before. */
final class Scratch implements AutoCloseable {
    private final BiFunction<Arena, Long, MemorySegment> allocate;
    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;

    /** @param allocate so many bytes, owned by an arena */
    Scratch(BiFunction<Arena, Long, MemorySegment> allocate) {
        this.allocate = allocate;
    }

    MemorySegment of(long bytes) {
        if (bytes > memory.byteSize()) {
            arena.close();
            arena = Arena.ofShared();
            memory = allocate.apply(arena, bytes);
        }
        return memory.asSlice(0, bytes);
    }

    @Override
    public void close() {
        arena.close();
    }
}
