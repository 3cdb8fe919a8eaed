package org.drllava.bindings.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.drllava.bindings.host.NativeCalls;

/** Work of one device that is done in the order in which it was given. Calls return before it is done. */
public final class CudaStream implements AutoCloseable {
    private static final int NOT_READY = 600; // cudaErrorNotReady
    private static final int COPY_DEFAULT = 4; // cudaMemcpyDefault: the pointers tell where their memory is
    private static final int CAPTURE_THREAD_LOCAL = 1; // cudaStreamCaptureModeThreadLocal

    /** How a stream stands to the default stream, on which libtorch works. */
    public enum Order {
        /** Each waits for what the other was given before. */
        WITH_DEFAULT,
        INDEPENDENT // cudaStreamNonBlocking
    }

    /** The stream on which libtorch works, of whichever device is current; not to be closed. */
    public static final CudaStream DEFAULT = new CudaStream(MemorySegment.NULL);

    private final MemorySegment handle;

    private CudaStream(MemorySegment handle) {
        this.handle = handle;
    }

    /** A stream of the current device. */
    public static CudaStream create(Order order) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            LibCudart.check((int) LibCudart.cudaStreamCreateWithFlags.invokeExact(out, order.ordinal()), "cudaStreamCreateWithFlags(" + order + ")");
            return new CudaStream(out.get(ADDRESS, 0));
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaStreamCreateWithFlags", thrown);
        }
    }

    /** For the calls of other NVIDIA libraries. */
    public MemorySegment handle() {
        return handle;
    }

    /**
     * Copies between any two kinds of memory, as many bytes as {@code from} has. Neither may be freed before the copy is done. The
     * caller goes on meanwhile, unless one is host memory that is not pinned.
     */
    public void copy(MemorySegment from, MemorySegment to) {
        if (to.byteSize() < from.byteSize()) {
            throw new IllegalArgumentException(from.byteSize() + " bytes do not fit into " + to.byteSize());
        }
        int status;
        try {
            status = (int) LibCudart.cudaMemcpyAsync.invokeExact(to, from, from.byteSize(), COPY_DEFAULT, handle);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaMemcpyAsync", impossible);
        }
        LibCudart.check(status, "cudaMemcpyAsync(" + from.byteSize() + " bytes)");
    }

    /** Sets every byte of device memory. */
    public void fill(MemorySegment memory, byte value) {
        int status;
        try {
            status = (int) LibCudart.cudaMemsetAsync.invokeExact(memory, (int) value, memory.byteSize(), handle);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaMemsetAsync", impossible);
        }
        LibCudart.check(status, "cudaMemsetAsync(" + memory.byteSize() + " bytes)");
    }

    /** What comes next on this stream waits for what was before {@code event}. */
    public void await(CudaEvent event) {
        int status;
        try {
            status = (int) LibCudart.cudaStreamWaitEvent.invokeExact(handle, event.handle(), 0);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaStreamWaitEvent", impossible);
        }
        LibCudart.check(status, "cudaStreamWaitEvent");
    }

    /** Waits until all is done. @throws CudaException also for what went wrong meanwhile */
    public void synchronize() {
        LibCudart.run(LibCudart.cudaStreamSynchronize, "cudaStreamSynchronize", handle);
    }

    /** Whether all is done, without waiting. @throws CudaException for what went wrong */
    public boolean isDone() {
        return done(LibCudart.status(LibCudart.cudaStreamQuery, "cudaStreamQuery", handle), "cudaStreamQuery");
    }

    static boolean done(int status, String call) {
        if (status != NOT_READY) {
            LibCudart.check(status, call);
        }
        return status == 0;
    }

    /**
     * What {@code work} gives this stream, kept for a graph and not done.
     *
     * @throws CudaException where CUDA cannot keep something of it; the stream is then as it was before
     */
    public CudaGraph capture(Runnable work) {
        beginCapture();
        try {
            work.run();
        } catch (RuntimeException e) {
            abandonCapture();
            throw e;
        }
        return endCapture();
    }

    private void beginCapture() {
        int status;
        try {
            status = (int) LibCudart.cudaStreamBeginCapture.invokeExact(handle, CAPTURE_THREAD_LOCAL);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaStreamBeginCapture", impossible);
        }
        LibCudart.check(status, "cudaStreamBeginCapture");
    }

    /** Whatever CUDA says of it: what made it fail is told already. */
    private void abandonCapture() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            int status = (int) LibCudart.cudaStreamEndCapture.invokeExact(handle, out);
            if (status == 0) {
                status = (int) LibCudart.cudaGraphDestroy.invokeExact(out.get(ADDRESS, 0));
            }
            status = (int) LibCudart.cudaGetLastError.invokeExact();
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaStreamEndCapture", impossible);
        }
    }

    private CudaGraph endCapture() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            LibCudart.check((int) LibCudart.cudaStreamEndCapture.invokeExact(handle, out), "cudaStreamEndCapture");
            return CudaGraph.instantiate(out.get(ADDRESS, 0));
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaStreamEndCapture", thrown);
        }
    }

    @Override
    public void close() {
        LibCudart.run(LibCudart.cudaStreamDestroy, "cudaStreamDestroy", handle);
    }
}
