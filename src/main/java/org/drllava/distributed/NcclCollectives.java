package org.drllava.distributed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.drllava.bindings.cuda.CudaMemory;
import org.drllava.bindings.nccl.NcclCommunicator;
import org.drllava.bindings.nccl.NcclReduction;
import org.drllava.bindings.nccl.NcclType;

/**
 * Collectives over NCCL, a GPU a rank. Device memory goes from card to card; host memory goes through device memory, a piece at
 * a time. NCCL does not notice when ranks do different things, so in every call each rank first tells the others which call it
 * is and how many bytes follow. How long to wait for another rank is not this class's to say: {@link #abort} ends the wait.
 */
final class NcclCollectives implements Collectives {
    /** Bytes moved at a time between two ranks; a watch sees by it that a call gets on. */
    private static final long PIECE = 8 << 20;

    private final int rank;
    private final int size;
    private final String version = NcclCommunicator.version();
    private final NcclRank nccl;
    private final Scratch pinned;
    private final Scratch gathered;
    /** For parts in host memory: what goes to each rank, and what comes from it. */
    private final List<Scratch> outgoing;
    private final List<Scratch> incoming;
    private long number;
    private volatile long moved;

    /**
     * Meets the other ranks.
     *
     * @param id      rank 0's {@link #newId}
     * @param device  index of this rank's GPU
     * @param timeout within which all must have come, and later have parted
     * @throws LostRankException when they have not come
     */
    NcclCollectives(byte[] id, int rank, int size, int device, Duration timeout) {
        this.rank = rank;
        this.size = size;
        nccl = new NcclRank(id, rank, size, device, timeout);
        pinned = nccl.pinned();
        gathered = nccl.device();
        outgoing = Stream.generate(nccl::device).limit(size).toList();
        incoming = Stream.generate(nccl::device).limit(size).toList();
    }

    /** Where the ranks of a run will meet: rank 0 makes it, in the process that will be rank 0, and all are told. */
    static byte[] newId() {
        return NcclCommunicator.newId();
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
        return "NCCL " + version;
    }

    @Override
    public boolean onDevice() {
        return true;
    }

    @Override
    public List<byte[]> gather(byte[] mine) {
        return nccl.run(() -> {
            List<Head> heads = announce(Kind.GATHER, _ -> mine.length);
            IntStream.range(0, size).forEach(from -> heads.get(from).requireGatherable(from));
            long longest = heads.stream().mapToLong(Head::bytes).max().orElseThrow();
            MemorySegment all = longest == 0 ? MemorySegment.NULL : allGathered(MemorySegment.ofArray(mine), longest);
            return IntStream.range(0, size).mapToObj(r -> all.asSlice(r * longest, heads.get(r).bytes()).toArray(ValueLayout.JAVA_BYTE)).toList();
        });
    }

    @Override
    public void exchange(List<MemorySegment> send, List<MemorySegment> receive) {
        nccl.run(() -> {
            Head.requireBytes(announce(Kind.EXCHANGE, to -> send.get(to).byteSize()), receive, rank);
            if (send.get(rank).byteSize() > 0) {
                nccl.stream().copy(send.get(rank), receive.get(rank));
            }
            move(send, receive);
            return null;
        });
    }

    @Override
    public void allGather(List<MemorySegment> parts) {
        nccl.run(() -> {
            Head.requireBytes(announce(Kind.ALL_GATHER, _ -> parts.get(rank).byteSize()), parts, rank);
            move(Collections.nCopies(size, parts.get(rank)), parts);
            return null;
        });
    }

    @Override
    public void sum(MemorySegment values) {
        nccl.run(() -> {
            Head.requireBytes(announce(Kind.SUM, _ -> values.byteSize()), Collections.nCopies(size, values), rank);
            for (long begin = 0; begin < values.byteSize(); begin += PIECE) {
                MemorySegment piece = piece(values, begin);
                MemorySegment device = sent(piece, outgoing.get(rank));
                nccl.communicator().allReduce(device, device, NcclType.FLOAT32, NcclReduction.SUM, nccl.stream());
                nccl.awaitReady();
                received(device, piece);
                nccl.awaitStream();
                moved += 2 * piece.byteSize();
            }
            return null;
        });
    }

    /** What each rank is about to do, and how many bytes it has for this one. */
    private List<Head> announce(Kind kind, IntToLongFunction bytesTo) {
        MemorySegment row = MemorySegment.ofArray(new long[2 + size]);
        Head.writeRow(row, ++number, kind, size, bytesTo);
        return Head.readRows(allGathered(row, row.byteSize()), number, kind, size, rank);
    }

    /** Each rank's {@code mine}, {@code width} bytes apart, in pinned memory. */
    private MemorySegment allGathered(MemorySegment mine, long width) {
        MemorySegment host = pinned.of(size * width);
        MemorySegment device = gathered.of(size * width);
        MemorySegment own = device.asSlice(rank * width, width);
        host.asSlice(rank * width, mine.byteSize()).copyFrom(mine);
        nccl.stream().copy(host.asSlice(rank * width, width), own);
        nccl.communicator().allGather(own, device, NcclType.UINT8, nccl.stream());
        nccl.awaitReady();
        nccl.stream().copy(device, host);
        nccl.awaitStream();
        return host;
    }

    /** All parts that go to and come from other ranks, a piece of each at a time; both sides cut a part alike. */
    private void move(List<MemorySegment> send, List<MemorySegment> receive) {
        long longest = Stream.concat(send.stream(), receive.stream()).mapToLong(MemorySegment::byteSize).max().orElseThrow();
        for (long begin = 0; begin < longest; begin += PIECE) {
            List<MemorySegment> out = pieces(send, begin);
            List<MemorySegment> in = pieces(receive, begin);
            List<MemorySegment> from = IntStream.range(0, size).mapToObj(r -> sent(out.get(r), outgoing.get(r))).toList();
            List<MemorySegment> to = IntStream.range(0, size).mapToObj(r -> onDevice(in.get(r), incoming.get(r))).toList();
            NcclCommunicator.group(() -> IntStream.range(0, size).forEach(r -> transfer(r, from.get(r), to.get(r))));
            nccl.awaitReady();
            IntStream.range(0, size).forEach(r -> received(to.get(r), in.get(r)));
            nccl.awaitStream();
            moved += Stream.concat(out.stream(), in.stream()).mapToLong(MemorySegment::byteSize).sum();
        }
    }

    private void transfer(int peer, MemorySegment from, MemorySegment to) {
        if (from.byteSize() > 0) {
            nccl.communicator().send(from, NcclType.UINT8, peer, nccl.stream());
        }
        if (to.byteSize() > 0) {
            nccl.communicator().receive(to, NcclType.UINT8, peer, nccl.stream());
        }
    }

    /** Of all parts but the own. */
    private List<MemorySegment> pieces(List<MemorySegment> parts, long begin) {
        return IntStream.range(0, size).mapToObj(r -> r == rank ? MemorySegment.NULL : piece(parts.get(r), begin)).toList();
    }

    private static MemorySegment piece(MemorySegment part, long begin) {
        return begin >= part.byteSize() ? MemorySegment.NULL : part.asSlice(begin, Math.min(PIECE, part.byteSize() - begin));
    }

    /** A part as NCCL takes it: itself when it is the device's, else room in {@code slot}. */
    private static MemorySegment onDevice(MemorySegment part, Scratch slot) {
        return part.byteSize() == 0 || CudaMemory.kind(part) == CudaMemory.Kind.DEVICE ? part : slot.of(part.byteSize());
    }

    private MemorySegment sent(MemorySegment part, Scratch slot) {
        MemorySegment device = onDevice(part, slot);
        if (device != part) {
            nccl.stream().copy(part, device);
        }
        return device;
    }

    private void received(MemorySegment device, MemorySegment part) {
        if (device != part) {
            nccl.stream().copy(device, part);
        }
    }

    @Override
    public long moved() {
        return moved;
    }

    @Override
    public void abort() {
        nccl.abort();
    }

    @Override
    public void close() {
        nccl.close();
    }
}
