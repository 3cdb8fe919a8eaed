package org.drllava.bindings.mpi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.drllava.bindings.mpi.MpiLibrary.HANDLE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Transfers that were begun together. Their memory is native and must stay as it is until {@link #done}; when that is not waited
 * for, for the rest of the process. Processes begin collective ones in the same order. A transfer has at most 2<sup>31</sup> - 1
 * elements.
 */
public final class MpiRequests {
    private static final int TAG = 0;

    // (const void* data, int count, MPI_Datatype, int rank, int tag, MPI_Comm, MPI_Request*)
    private static final MethodHandle MPI_Isend = MpiLibrary.bind("MPI_Isend", ADDRESS, JAVA_INT, HANDLE, JAVA_INT, JAVA_INT, HANDLE, ADDRESS);
    private static final MethodHandle MPI_Irecv = MpiLibrary.bind("MPI_Irecv", ADDRESS, JAVA_INT, HANDLE, JAVA_INT, JAVA_INT, HANDLE, ADDRESS);
    // (void* data, int count, MPI_Datatype, int root, MPI_Comm, MPI_Request*)
    private static final MethodHandle MPI_Ibcast = MpiLibrary.bind("MPI_Ibcast", ADDRESS, JAVA_INT, HANDLE, JAVA_INT, HANDLE, ADDRESS);
    // (const void* send, int count, MPI_Datatype, void* receive, int count, MPI_Datatype, MPI_Comm, MPI_Request*)
    private static final MethodHandle MPI_Iallgather = MpiLibrary.bind("MPI_Iallgather", ADDRESS, JAVA_INT, HANDLE, ADDRESS, JAVA_INT, HANDLE, HANDLE, ADDRESS);
    // (const void* send, void* receive, int count, MPI_Datatype, MPI_Op, MPI_Comm, MPI_Request*)
    private static final MethodHandle MPI_Iallreduce = MpiLibrary.bind("MPI_Iallreduce", ADDRESS, ADDRESS, JAVA_INT, HANDLE, HANDLE, HANDLE, ADDRESS);
    // (int count, MPI_Request*, int* flag, MPI_Status*)
    private static final MethodHandle MPI_Testall = MpiLibrary.bind("MPI_Testall", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);

    private final MpiConstants constants = MpiLibrary.constants();
    private final MemorySegment requests;
    private final MemorySegment flag;
    private int count;

    /** @param most transfers at once */
    public MpiRequests(int most) {
        requests = Arena.ofAuto().allocate((long) most * constants.requestBytes(), Long.BYTES);
        flag = Arena.ofAuto().allocate(JAVA_INT);
    }

    /** Sends bytes to a rank. */
    public void send(MemorySegment data, int rank) {
        try {
            Mpi.check("MPI_Isend", (int) MPI_Isend.invokeExact(data, count(data, 1), constants.byteType(), rank, TAG, constants.commWorld(), next()));
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    /** Receives as many bytes from a rank. */
    public void receive(MemorySegment data, int rank) {
        try {
            Mpi.check("MPI_Irecv", (int) MPI_Irecv.invokeExact(data, count(data, 1), constants.byteType(), rank, TAG, constants.commWorld(), next()));
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    /** Brings {@code data} of rank {@code root} to all. */
    public void broadcast(MemorySegment data, int root) {
        try {
            Mpi.check("MPI_Ibcast", (int) MPI_Ibcast.invokeExact(data, count(data, 1), constants.byteType(), root, constants.commWorld(), next()));
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    /** Brings int64 [n] of every rank to all: int64 [ranks, n]. */
    public void allGather(MemorySegment mine, MemorySegment all) {
        try {
            int n = count(mine, Long.BYTES);
            Mpi.check("MPI_Iallgather", (int) MPI_Iallgather.invokeExact(mine, n, constants.longType(), all, n, constants.longType(), constants.commWorld(), next()));
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    /** Replaces float32 values by their sum over all ranks, in whatever order the library adds. */
    public void sum(MemorySegment values) {
        try {
            Mpi.check("MPI_Iallreduce", (int) MPI_Iallreduce.invokeExact(constants.inPlace(), values, count(values, Float.BYTES), constants.floatType(),
                    constants.sum(), constants.commWorld(), next()));
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    /** Moves what can be moved. @return whether all is done; others can then be begun */
    public boolean done() {
        try {
            Mpi.check("MPI_Testall", (int) MPI_Testall.invokeExact(count, requests, flag, constants.statusesIgnore()));
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
        boolean done = flag.get(JAVA_INT, 0) != 0;
        count = done ? 0 : count;
        return done;
    }

    private static int count(MemorySegment data, int elementBytes) {
        return Math.toIntExact(data.byteSize() / elementBytes);
    }

    private MemorySegment next() {
        return requests.asSlice((long) count++ * constants.requestBytes(), constants.requestBytes());
    }
}
