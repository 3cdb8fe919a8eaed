package org.drllava.distributed;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntToLongFunction;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.drllava.bindings.mpi.Mpi;
import org.drllava.bindings.mpi.MpiRequests;
import org.drllava.common.InputException;

/**
 * Collectives over the host's MPI library, by transfers that do not block, so that a wait can be given up. As over sockets, all
 * ranks first tell each other which call it is and how many bytes follow. Data goes from and to the memory itself, a piece of
 * every part at a time.
 */
final class MpiCollectives implements Collectives {
    private static final long PIECE = 4 << 20;
    /** Looks at what has arrived before the core is left to others, which may be what the wait is for. */
    private static final int EAGER_LOOKS = 200;
    private static final long PAUSE_NANOS = 20_000;

    private final int rank;
    private final int size;
    private final String version = Mpi.version();
    private final MpiRequests requests;
    private final MemorySegment head;
    private final MemorySegment heads;
    private long number;
    private volatile long moved;
    private volatile boolean aborted;

    private MpiCollectives(int rank, int size) {
        this.rank = rank;
        this.size = size;
        requests = new MpiRequests(2 * size);
        head = Arena.ofAuto().allocate(Head.rowBytes(size), Long.BYTES);
        heads = Arena.ofAuto().allocate(size * Head.rowBytes(size), Long.BYTES);
    }

    /**
     * Joins MPI's job, which must be that of the ranks.
     *
     * @throws InputException when another mpirun, or none, has started this process
     */
    static MpiCollectives open(World world) {
        Mpi.init();
        if (Mpi.rank() != world.rank() || Mpi.size() != world.size()) {
            throw new InputException("For %s this process is rank %d of %d, but it was started as rank %d of %d; start it with that library's mpirun, or use --collectives tcp."
                    .formatted(Mpi.version(), Mpi.rank(), Mpi.size(), world.rank(), world.size()));
        }
        return new MpiCollectives(world.rank(), world.size());
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public String transport() {
        return version;
    }

    @Override
    public List<byte[]> gather(byte[] mine) {
        List<Head> all = begin(Kind.GATHER, _ -> mine.length);
        Arena arena = Arena.ofShared();
        List<MemorySegment> parts = IntStream.range(0, size).mapToObj(from -> {
            all.get(from).requireGatherable(from);
            return arena.allocate(all.get(from).bytes());
        }).toList();
        parts.get(rank).copyFrom(MemorySegment.ofArray(mine));
        broadcast(parts);
        List<byte[]> bytes = parts.stream().map(part -> part.toArray(ValueLayout.JAVA_BYTE)).toList();
        arena.close(); // not after a failure, as MPI then still knows the memory
        return bytes;
    }

    @Override
    public void exchange(List<MemorySegment> send, List<MemorySegment> receive) {
        Head.requireBytes(begin(Kind.EXCHANGE, to -> send.get(to).byteSize()), receive, rank);
        receive.get(rank).copyFrom(send.get(rank));
        List<MemorySegment> outgoing = withoutOwn(send);
        List<MemorySegment> incoming = withoutOwn(receive);
        inPieces(Math.max(longest(outgoing), longest(incoming)), start -> {
            eachPiece(incoming, start, requests::receive);
            eachPiece(outgoing, start, requests::send);
        });
    }

    private List<MemorySegment> withoutOwn(List<MemorySegment> parts) {
        List<MemorySegment> others = new ArrayList<>(parts);
        others.set(rank, MemorySegment.NULL);
        return others;
    }

    @Override
    public void allGather(List<MemorySegment> parts) {
        Head.requireBytes(begin(Kind.ALL_GATHER, _ -> parts.get(rank).byteSize()), parts, rank);
        broadcast(parts);
    }

    private void broadcast(List<MemorySegment> parts) {
        inPieces(longest(parts), start -> eachPiece(parts, start, requests::broadcast));
    }

    @Override
    public void sum(MemorySegment values) {
        Head.requireBytes(begin(Kind.SUM, _ -> values.byteSize()), Collections.nCopies(size, values), rank);
        inPieces(values.byteSize(), start -> {
            MemorySegment piece = piece(values, start);
            moved += piece.byteSize();
            requests.sum(piece);
        });
    }

    // Pieces ----------------------------------------------------------------------------------------------------------------

    private interface Begin {
        void transfer(MemorySegment piece, int rank);
    }

    /** Begins what there is at every {@code start}, and waits for it. */
    private void inPieces(long bytes, LongConsumer begin) {
        for (long start = 0; start < bytes; start += PIECE) {
            begin.accept(start);
            await();
        }
    }

    private void eachPiece(List<MemorySegment> parts, long start, Begin begin) {
        for (int r = 0; r < size; r++) {
            if (start < parts.get(r).byteSize()) {
                MemorySegment piece = piece(parts.get(r), start);
                moved += piece.byteSize();
                begin.transfer(piece, r);
            }
        }
    }

    private static MemorySegment piece(MemorySegment part, long start) {
        return part.asSlice(start, Math.min(PIECE, part.byteSize() - start));
    }

    private static long longest(List<MemorySegment> parts) {
        return parts.stream().mapToLong(MemorySegment::byteSize).max().orElse(0);
    }

    // Heads -----------------------------------------------------------------------------------------------------------------

    /** Tells all which call this is and what each will get. @return what this rank will get, by rank */
    private List<Head> begin(Kind kind, IntToLongFunction bytesFor) {
        Head.writeRow(head, ++number, kind, size, bytesFor);
        requests.allGather(head, heads);
        await();
        return Head.readRows(heads, number, kind, size, rank);
    }

    private void await() {
        for (int looks = 0; !requests.done(); looks++) {
            if (aborted) {
                throw new IllegalStateException("the collectives were aborted");
            }
            if (looks > EAGER_LOOKS) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Override
    public long moved() {
        return moved;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    /** After a failure the job is left without a word: MPI would wait for ranks that never come. */
    @Override
    public void close() {
        if (!aborted) {
            Mpi.finish();
        }
    }
}
