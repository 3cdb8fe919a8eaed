package org.drllava.bindings.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import org.drllava.bindings.host.NativeCalls;

/** Memory that a card reaches. An arena owns it: it is given back when the arena is closed. */
public final class CudaMemory {
    private static final int HOST_ALLOC_PORTABLE = 1; // pinned for all devices
    private static final int HOST_REGISTER_PORTABLE = 1;
    private static final long TYPE = LibCudart.cudaPointerAttributes.byteOffset(PathElement.groupElement("type"));

    /** Where a pointer's memory is, by {@code enum cudaMemoryType}. */
    public enum Kind {
        /** Ordinary host memory, which CUDA does not know. */
        UNREGISTERED,
        /** Pinned host memory. */
        HOST,
        DEVICE,
        /** Moved between host and device by the driver. */
        MANAGED
    }

    private CudaMemory() {}

    /** Memory of the current device. Java must not read or write the segment; it is an address and a size for the library's calls. */
    public static MemorySegment device(Arena arena, long bytes) {
        try (Arena frame = Arena.ofConfined()) {
            MemorySegment out = frame.allocate(ADDRESS);
            LibCudart.check((int) LibCudart.cudaMalloc.invokeExact(out, bytes), "cudaMalloc(" + bytes + ")");
            return out.get(ADDRESS, 0).reinterpret(bytes, arena, address -> LibCudart.run(LibCudart.cudaFree, "cudaFree", address));
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaMalloc", thrown);
        }
    }

    /** Pinned host memory: cards read and write it themselves while Java goes on, and Java uses it as any other. */
    public static MemorySegment pinned(Arena arena, long bytes) {
        try (Arena frame = Arena.ofConfined()) {
            MemorySegment out = frame.allocate(ADDRESS);
            LibCudart.check((int) LibCudart.cudaHostAlloc.invokeExact(out, bytes, HOST_ALLOC_PORTABLE), "cudaHostAlloc(" + bytes + ")");
            return out.get(ADDRESS, 0).reinterpret(bytes, arena, address -> LibCudart.run(LibCudart.cudaFreeHost, "cudaFreeHost", address));
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaHostAlloc", thrown);
        }
    }

    /**
     * Pins memory that is there already, such as a Java arena's or a mapped file's, so that cards copy from and to it directly.
     *
     * @param arena until its end the memory is pinned; must end before that of the memory itself
     */
    public static void register(Arena arena, MemorySegment memory) {
        int status;
        try {
            status = (int) LibCudart.cudaHostRegister.invokeExact(memory, memory.byteSize(), HOST_REGISTER_PORTABLE);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaHostRegister", impossible);
        }
        LibCudart.check(status, "cudaHostRegister(" + memory.byteSize() + " bytes)");
        MemorySegment.ofAddress(memory.address())
                .reinterpret(arena, address -> LibCudart.run(LibCudart.cudaHostUnregister, "cudaHostUnregister", address));
    }

    public static Kind kind(MemorySegment memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(LibCudart.cudaPointerAttributes);
            LibCudart.check((int) LibCudart.cudaPointerGetAttributes.invokeExact(attributes, memory), "cudaPointerGetAttributes");
            return Kind.values()[attributes.get(JAVA_INT, TYPE)];
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaPointerGetAttributes", thrown);
        }
    }
}
