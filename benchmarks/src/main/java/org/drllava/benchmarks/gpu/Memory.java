package org.drllava.benchmarks.gpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.drllava.bindings.cuda.CudaMemory;
import org.drllava.bindings.cuda.CudaStream;

/** Memory that one library's kernels work in. An arena owns what is put there. */
sealed interface Memory {
    /** A copy of host memory. */
    MemorySegment put(MemorySegment host);

    /** Copies into host memory what the kernels have left, all their work being done. */
    void get(MemorySegment from, MemorySegment host);

    default MemorySegment put(float... values) {
        return put(MemorySegment.ofArray(values));
    }

    default MemorySegment put(long... values) {
        return put(MemorySegment.ofArray(values));
    }

    default MemorySegment put(double... values) {
        return put(MemorySegment.ofArray(values));
    }

    /** Zeros. */
    default MemorySegment floats(long count) {
        return put(new float[Math.toIntExact(count)]);
    }

    default double[] floats(MemorySegment memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(memory.byteSize(), Long.BYTES);
            get(memory, host);
            double[] values = new double[Math.toIntExact(memory.byteSize() / Float.BYTES)];
            for (int i = 0; i < values.length; i++) {
                values[i] = host.getAtIndex(JAVA_FLOAT, i);
            }
            return values;
        }
    }

    default double[] doubles(MemorySegment memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(memory.byteSize(), Long.BYTES);
            get(memory, host);
            return host.toArray(JAVA_DOUBLE);
        }
    }

    default double[] longs(MemorySegment memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(memory.byteSize(), Long.BYTES);
            get(memory, host);
            double[] values = new double[Math.toIntExact(memory.byteSize() / Long.BYTES)];
            for (int i = 0; i < values.length; i++) {
                values[i] = host.getAtIndex(JAVA_LONG, i);
            }
            return values;
        }
    }

    record Host(Arena arena) implements Memory {
        @Override
        public MemorySegment put(MemorySegment host) {
            return arena.allocate(Math.max(1, host.byteSize()), 64).asSlice(0, host.byteSize()).copyFrom(host);
        }

        @Override
        public void get(MemorySegment from, MemorySegment host) {
            host.copyFrom(from);
        }
    }

    /** @param stream on which the kernels work too */
    record Gpu(Arena arena, CudaStream stream) implements Memory {
        @Override
        public MemorySegment put(MemorySegment host) {
            MemorySegment memory = CudaMemory.device(arena, Math.max(1, host.byteSize())).asSlice(0, host.byteSize());
            try (Arena frame = Arena.ofConfined()) {
                stream.copy(new Host(frame).put(host), memory);
                stream.synchronize();
            }
            return memory;
        }

        @Override
        public void get(MemorySegment from, MemorySegment host) {
            stream.copy(from, host);
            stream.synchronize();
        }
    }
}
