package org.drllava.distributed;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.drllava.bindings.cuda.Cuda;
import org.drllava.bindings.cuda.CudaMemory;
import org.drllava.bindings.cuda.CudaStream;
import org.drllava.bindings.nccl.NcclCommunicator;
import org.drllava.bindings.nccl.NcclException;

/**
 * This rank's communicator and stream. Nothing blocks in native code, so that {@link #abort} ends every wait. What fails leaves
 * the communicator aborted.
 */
final class NcclRank implements AutoCloseable {
    private static final long SHORTEST_PAUSE_NANOS = 5_000;
    private static final long LONGEST_PAUSE_NANOS = 500_000;

    private final int device;
    private final Duration timeout;
    private final Deque<Scratch> scratches = new ArrayDeque<>();
    private CudaStream stream;
    private NcclCommunicator communicator;
    private volatile boolean aborted;

    /**
     * Meets the other ranks.
     *
     * @param timeout within which all must have come, and later have parted
     * @throws LostRankException when they have not come
     */
    NcclRank(byte[] id, int rank, int size, int device, Duration timeout) {
        this.device = device;
        this.timeout = timeout;
        try {
            run(() -> {
                // libtorch works on the default stream: what that was given before a call is done before what the call does.
                stream = CudaStream.create(CudaStream.Order.WITH_DEFAULT);
                communicator = NcclCommunicator.join(id, size, rank, false);
                if (!readyInTime()) {
                    throw new LostRankException("NCCL did not bring the ranks together within " + Deadline.words(timeout)
                            + "; see that the hosts reach each other (NCCL_SOCKET_IFNAME names the network, NCCL_DEBUG=INFO tells more).");
                }
                return null;
            });
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Device memory for use by turns. */
    Scratch device() {
        return owned(new Scratch(CudaMemory::device));
    }

    /** Pinned host memory for use by turns. */
    Scratch pinned() {
        return owned(new Scratch(CudaMemory::pinned));
    }

    private Scratch owned(Scratch scratch) {
        scratches.push(scratch);
        return scratch;
    }

    NcclCommunicator communicator() {
        return communicator;
    }

    CudaStream stream() {
        return stream;
    }

    /** Does something with the device, which is current on this thread from then on. The methods that wait belong inside. */
    <T> T run(Supplier<T> call) {
        checkAborted();
        try {
            Cuda.use(device);
            return call.get();
        } catch (RuntimeException | Error e) {
            giveUp();
            throw e;
        }
    }

    private void giveUp() {
        aborted = true;
        if (communicator != null) {
            NcclCommunicator broken = communicator;
            communicator = null;
            broken.abort();
        }
    }

    /** Until the communicator has taken hold of what it was last given; then the stream may be given more. */
    void awaitReady() {
        await(communicator::isReady);
    }

    /** Until all that the stream was given is done. */
    void awaitStream() {
        await(() -> communicator.isReady() && stream.isDone());
        communicator.isReady(); // for what failed just before the stream came to its end
    }

    private boolean readyInTime() {
        Deadline deadline = Deadline.in(timeout);
        await(() -> communicator.isReady() || deadline.passed());
        return communicator.isReady();
    }

    private void await(BooleanSupplier done) {
        long pause = SHORTEST_PAUSE_NANOS;
        while (!done.getAsBoolean()) {
            checkAborted();
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
    }

    private void checkAborted() {
        if (aborted) {
            throw new IllegalStateException("the collectives were aborted");
        }
    }

    /** May come from any thread. */
    void abort() {
        aborted = true;
    }

    @Override
    public void close() {
        if (communicator != null && !aborted) {
            part();
        }
        giveUp();
        scratches.forEach(Scratch::close);
        if (stream != null) {
            stream.close();
        }
    }

    private void part() {
        try {
            communicator.finish();
            if (readyInTime()) {
                communicator.destroy();
                communicator = null;
            }
        } catch (NcclException | IllegalStateException e) {
            // Another rank has failed or was faster; this one has nothing more to say.
        }
    }
}
