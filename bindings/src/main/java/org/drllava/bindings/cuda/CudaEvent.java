package org.drllava.bindings.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.drllava.bindings.host.NativeCalls;

/** A place between the works of a stream. */
public final class CudaEvent implements AutoCloseable {
    private static final int DISABLE_TIMING = 2;

    private final MemorySegment handle;

    private CudaEvent(MemorySegment handle) {
        this.handle = handle;
    }

    /** @param timed whether {@link #millisecondsSince} is wanted, which makes it dearer */
    public static CudaEvent create(boolean timed) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            LibCudart.check((int) LibCudart.cudaEventCreateWithFlags.invokeExact(out, timed ? 0 : DISABLE_TIMING), "cudaEventCreateWithFlags");
            return new CudaEvent(out.get(ADDRESS, 0));
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaEventCreateWithFlags", thrown);
        }
    }

    MemorySegment handle() {
        return handle;
    }

    /** Puts it behind what the stream was given so far. */
    public void record(CudaStream stream) {
        int status;
        try {
            status = (int) LibCudart.cudaEventRecord.invokeExact(handle, stream.handle());
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaEventRecord", impossible);
        }
        LibCudart.check(status, "cudaEventRecord");
    }

    /** Waits until the stream has come to it. */
    public void synchronize() {
        LibCudart.run(LibCudart.cudaEventSynchronize, "cudaEventSynchronize", handle);
    }

    public boolean isDone() {
        return CudaStream.done(LibCudart.status(LibCudart.cudaEventQuery, "cudaEventQuery", handle), "cudaEventQuery");
    }

    /** Between two timed events that their streams have come to. */
    public double millisecondsSince(CudaEvent start) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_FLOAT);
            LibCudart.check((int) LibCudart.cudaEventElapsedTime.invokeExact(out, start.handle, handle), "cudaEventElapsedTime");
            return out.get(JAVA_FLOAT, 0);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaEventElapsedTime", thrown);
        }
    }

    @Override
    public void close() {
        LibCudart.run(LibCudart.cudaEventDestroy, "cudaEventDestroy", handle);
    }
}
