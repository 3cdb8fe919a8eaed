package org.drllava.bindings.nccl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.drllava.bindings.cuda.CudaStream;
import org.drllava.bindings.cuda.NvidiaLibrary;
import org.drllava.bindings.host.NativeCalls;
import org.drllava.bindings.host.NativeLibraryException;

/**
 * This process's place among ranks that work together, one a device. Collectives are given to a CUDA stream and done there;
 * every rank gives the same ones in the same order. Buffers are device memory. One thread at a time may use it.
 *
 * <p>Unless it blocks, a call may return before it has taken hold: then {@link #isReady} must have become true before the next
 * one, and before anything is concluded from the stream. That way a rank that never answers can be given up, with {@link #abort}.
 */
public final class NcclCommunicator {
    /** Bytes of a unique id. */
    public static final int ID_BYTES = (int) LibNccl.ncclUniqueId.byteSize();

    private final MemorySegment handle;
    private final int size;

    private NcclCommunicator(MemorySegment handle, int size) {
        this.handle = handle;
        this.size = size;
    }

    /** Why it cannot be used, as NCCL or the CUDA runtime is not there: one sentence; empty when both are. */
    public static String missing() {
        try {
            LibNccl.library();
            NvidiaLibrary.CUDA_RUNTIME.open();
            return "";
        } catch (NativeLibraryException e) {
            return e.getMessage();
        }
    }

    /** The library's version, for example 2.30.7. */
    public static String version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            LibNccl.check((int) LibNccl.ncclGetVersion.invokeExact(out), "ncclGetVersion");
            int code = out.get(JAVA_INT, 0); // NCCL_VERSION: major * 10000 + minor * 100 + patch from 2.9 on
            return code / 10_000 + "." + code / 100 % 100 + "." + code % 100;
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("ncclGetVersion", thrown);
        }
    }

    /** A new meeting place in this process, for all ranks of one communicator to be told; needs no device. */
    public static byte[] newId() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(LibNccl.ncclUniqueId);
            LibNccl.check((int) LibNccl.ncclGetUniqueId.invokeExact(id), "ncclGetUniqueId");
            return id.toArray(JAVA_BYTE);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("ncclGetUniqueId", thrown);
        }
    }

    /**
     * Meets the other ranks, each of which calls this too.
     *
     * @param id       what {@link #newId} gave one of them
     * @param blocking whether calls return only when they have taken hold
     */
    public static NcclCommunicator join(byte[] id, int size, int rank, boolean blocking) {
        if (id.length != ID_BYTES) {
            throw new IllegalArgumentException("a unique id has " + ID_BYTES + " bytes, not " + id.length);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            MemorySegment idMemory = arena.allocate(LibNccl.ncclUniqueId).copyFrom(MemorySegment.ofArray(id));
            int status = (int) LibNccl.ncclCommInitRankConfig.invokeExact(out, size, idMemory, rank, config(arena, blocking));
            LibNccl.check(status, "ncclCommInitRankConfig(rank " + rank + " of " + size + ")");
            return new NcclCommunicator(out.get(ADDRESS, 0), size);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("ncclCommInitRankConfig", thrown);
        }
    }

    /** As {@code NCCL_CONFIG_INITIALIZER}, but for {@code blocking}. */
    private static MemorySegment config(Arena arena, boolean blocking) {
        MemorySegment config = arena.allocate(LibNccl.ncclConfig_t);
        for (MemoryLayout member : LibNccl.ncclConfig_t.memberLayouts()) {
            if (member instanceof ValueLayout.OfInt) {
                config.set(JAVA_INT, LibNccl.ncclConfig_t.byteOffset(PathElement.groupElement(member.name().orElseThrow())), LibNccl.UNDEFINED);
            }
        }
        config.set(JAVA_LONG, 0, config.byteSize());
        set(config, "magic", LibNccl.CONFIG_MAGIC);
        set(config, "version", LibNccl.CONFIG_VERSION);
        set(config, "blocking", blocking ? 1 : 0);
        return config;
    }

    private static void set(MemorySegment config, String field, int value) {
        config.set(JAVA_INT, LibNccl.ncclConfig_t.byteOffset(PathElement.groupElement(field)), value);
    }

    /**
     * Whether what was last called has taken hold.
     *
     * @throws NcclException once something has failed, also in a collective that is under way; only {@link #abort} is then left
     */
    public boolean isReady() {
        int state;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            LibNccl.check((int) LibNccl.ncclCommGetAsyncError.invokeExact(handle, out), "ncclCommGetAsyncError");
            state = out.get(JAVA_INT, 0);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("ncclCommGetAsyncError", thrown);
        }
        LibNccl.check(state, "The communicator");
        return state != LibNccl.IN_PROGRESS;
    }

    /** {@code receive} becomes the reduction of all ranks' {@code send}; they may be the same memory. */
    public void allReduce(MemorySegment send, MemorySegment receive, NcclType type, NcclReduction reduction, CudaStream stream) {
        int status;
        try {
            status = (int) LibNccl.ncclAllReduce.invokeExact(send, receive, count(send, receive, 1, 1, type), type.code, reduction.ordinal(), handle,
                    stream.handle());
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("ncclAllReduce", impossible);
        }
        LibNccl.check(status, call("ncclAllReduce", send, type));
    }

    /** {@code send} has a part for every rank; {@code receive} becomes the reduction of all ranks' parts for this one. */
    public void reduceScatter(MemorySegment send, MemorySegment receive, NcclType type, NcclReduction reduction, CudaStream stream) {
        int status;
        try {
            status = (int) LibNccl.ncclReduceScatter.invokeExact(send, receive, count(send, receive, size, 1, type), type.code, reduction.ordinal(), handle,
                    stream.handle());
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("ncclReduceScatter", impossible);
        }
        LibNccl.check(status, call("ncclReduceScatter", send, type));
    }

    /** Every rank's {@code receive} becomes {@code send} of rank {@code root}; there they may be the same memory. */
    public void broadcast(MemorySegment send, MemorySegment receive, NcclType type, int root, CudaStream stream) {
        int status;
        try {
            status = (int) LibNccl.ncclBroadcast.invokeExact(send, receive, count(send, receive, 1, 1, type), type.code, root, handle, stream.handle());
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("ncclBroadcast", impossible);
        }
        LibNccl.check(status, call("ncclBroadcast", send, type));
    }

    /** {@code receive} becomes all ranks' {@code send}, one behind the other. */
    public void allGather(MemorySegment send, MemorySegment receive, NcclType type, CudaStream stream) {
        int status;
        try {
            status = (int) LibNccl.ncclAllGather.invokeExact(send, receive, count(send, receive, 1, size, type), type.code, handle, stream.handle());
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("ncclAllGather", impossible);
        }
        LibNccl.check(status, call("ncclAllGather", send, type));
    }

    /** To a rank that receives as much from this one. Several at a time, and both directions, belong into a group. */
    public void send(MemorySegment memory, NcclType type, int to, CudaStream stream) {
        transfer(LibNccl.ncclSend, "ncclSend", memory, type, to, stream);
    }

    /** As {@link #send}. */
    public void receive(MemorySegment memory, NcclType type, int from, CudaStream stream) {
        transfer(LibNccl.ncclRecv, "ncclRecv", memory, type, from, stream);
    }

    private void transfer(MethodHandle function, String name, MemorySegment memory, NcclType type, int peer, CudaStream stream) {
        int status;
        try {
            status = (int) function.invokeExact(memory, count(memory, memory, 1, 1, type), type.code, peer, handle, stream.handle());
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected(name, impossible);
        }
        LibNccl.check(status, call(name, memory, type) + " with rank " + peer);
    }

    /** What is called within runs as one collective, all at the same time; by one thread. */
    public static void group(Runnable calls) {
        run(LibNccl.ncclGroupStart, "ncclGroupStart");
        try {
            calls.run();
        } finally {
            run(LibNccl.ncclGroupEnd, "ncclGroupEnd");
        }
    }

    private static void run(MethodHandle function, String name) {
        int status;
        try {
            status = (int) function.invokeExact();
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected(name, impossible);
        }
        LibNccl.check(status, name);
    }

    /** Begins the end, once nothing is under way: all ranks call it, and when {@link #isReady} again, {@link #destroy}. */
    public void finish() {
        end(LibNccl.ncclCommFinalize, "ncclCommFinalize");
    }

    /** Frees it. */
    public void destroy() {
        end(LibNccl.ncclCommDestroy, "ncclCommDestroy");
    }

    /** Ends what is under way and frees it, without the other ranks. */
    public void abort() {
        end(LibNccl.ncclCommAbort, "ncclCommAbort");
    }

    private void end(MethodHandle function, String name) {
        int status;
        try {
            status = (int) function.invokeExact(handle);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected(name, impossible);
        }
        LibNccl.check(status, name);
    }

    private static long count(MemorySegment send, MemorySegment receive, int sendParts, int receiveParts, NcclType type) {
        long bytes = send.byteSize() / sendParts;
        if (bytes * sendParts != send.byteSize() || bytes * receiveParts != receive.byteSize() || bytes % type.bytes() != 0) {
            throw new IllegalArgumentException("to send " + send.byteSize() + " bytes of " + type + " in " + sendParts + " parts and receive "
                    + receive.byteSize() + " in " + receiveParts + " does not come out even");
        }
        return bytes / type.bytes();
    }

    private static String call(String name, MemorySegment send, NcclType type) {
        return name + "(" + send.byteSize() / type.bytes() + " of " + type + ")";
    }
}
