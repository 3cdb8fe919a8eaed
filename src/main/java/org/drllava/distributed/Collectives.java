package org.drllava.distributed;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Processes that work on one run, the ranks 0 to {@code size - 1}, and what they do together. Every rank makes the same calls
 * in the same order; a call returns when this rank's part is done. Calls come from one thread at a time.
 *
 * <p>Buffers hold float32, in host memory, or in the device's where {@link #onDevice} says that this is possible; their bytes are
 * moved, never computed with, except by {@link #sum}. A part may be empty, but both sides agree on its size.
 */
public sealed interface Collectives extends AutoCloseable permits SingleProcess, TcpCollectives, MpiCollectives, NcclCollectives, WatchedCollectives {
    int rank();

    int size();

    /** What carries the data, for people: {@code single process}, {@code tcp}, {@code Open MPI 4.1.4}, {@code NCCL 2.30.7}. */
    String transport();

    /** Whether buffers may be device memory. */
    default boolean onDevice() {
        return false;
    }

    /**
     * Everybody's bytes, by rank; sizes may differ. For what is small beside the model: statistics, conversations, checks.
     */
    List<byte[]> gather(byte[] mine);

    /**
     * Sends {@code send.get(r)} to rank r and fills {@code receive.get(r)} with what rank r sends here; the own part is copied.
     *
     * @throws LostRankException when a rank is gone, stands still or does something else
     */
    void exchange(List<MemorySegment> send, List<MemorySegment> receive);

    /** Fills every part but the own, {@code parts.get(rank())}, with that rank's. */
    void allGather(List<MemorySegment> parts);

    /**
     * Replaces {@code values} by their sum over all ranks, in whatever order the library adds: fast, and with other last bits
     * on another number of ranks.
     */
    void sum(MemorySegment values);

    /** What this rank is at, for the sentence of the others should it be lost: {@code rollout}, {@code update}. */
    default void phase(String name) {}

    /** Seconds spent inside these calls so far, waiting for slower ranks included. */
    default double secondsInside() {
        return 0;
    }

    /** Bytes sent and received so far, where the transport counts them; a watch sees by it that a call gets on. May come from any thread. */
    default long moved() {
        return 0;
    }

    /** Tells the other ranks that this one cannot go on; they end with this sentence as its cause. */
    default void fail(String sentence) {}

    /** Wakes a blocked call, which then throws, and makes later calls throw; may come from any thread. */
    default void abort() {}

    /** Ends this rank's part; the other ranks may go on to theirs. */
    @Override
    void close();
}
