package org.drllava.distributed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Collectives over sockets, a connection between every two ranks. The calling thread moves all data itself, to and from whoever
 * is ready, so that no two ranks can wait for each other. In every call each rank first tells every other which call it is and
 * how many bytes follow; a rank that does something else is then noticed before its bytes are taken for what they are not.
 */
final class TcpCollectives implements Collectives {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final int rank;
    private final int size;
    private final Selector selector;
    private final List<Peer> peers = new ArrayList<>();
    private long number;
    private volatile long moved;
    private volatile boolean aborted;

    /** @param channels by rank, null for the own; owned from now on */
    TcpCollectives(int rank, List<SocketChannel> channels) {
        this.rank = rank;
        size = channels.size();
        try {
            selector = Selector.open();
            for (int r = 0; r < size; r++) {
                if (r != rank) {
                    SocketChannel channel = channels.get(r);
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    channel.configureBlocking(false);
                    peers.add(new Peer(r, channel, channel.register(selector, 0)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        return "tcp";
    }

    @Override
    public List<byte[]> gather(byte[] mine) {
        List<byte[]> all = new ArrayList<>(Collections.nCopies(size, mine));
        run(Kind.GATHER, _ -> MemorySegment.ofArray(mine), (from, head) -> {
            head.requireGatherable(from);
            all.set(from, new byte[(int) head.bytes()]);
            return MemorySegment.ofArray(all.get(from));
        });
        return all;
    }

    @Override
    public void exchange(List<MemorySegment> send, List<MemorySegment> receive) {
        receive.get(rank).copyFrom(send.get(rank));
        run(Kind.EXCHANGE, send::get, fixed(receive));
    }

    @Override
    public void allGather(List<MemorySegment> parts) {
        run(Kind.ALL_GATHER, _ -> parts.get(rank), fixed(parts));
    }

    /** Each rank adds one share of the values, in the order of ranks, and the shares are gathered. */
    @Override
    public void sum(MemorySegment values) {
        List<MemorySegment> shares = shares(values);
        MemorySegment own = shares.get(rank);
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> addends = new ArrayList<>();
            for (int r = 0; r < size; r++) {
                addends.add(r == rank ? own : arena.allocate(own.byteSize(), Float.BYTES));
            }
            run(Kind.SUM, shares::get, fixed(addends));
            MemorySegment sum = addends.getFirst();
            addends.stream().skip(1).forEach(addend -> add(sum, addend));
            own.copyFrom(sum);
        }
        run(Kind.SUM, _ -> own, fixed(shares));
    }

    private static void add(MemorySegment sum, MemorySegment addend) {
        for (long i = 0; i < sum.byteSize(); i += Float.BYTES) {
            sum.set(FLOAT, i, sum.get(FLOAT, i) + addend.get(FLOAT, i));
        }
    }

    private List<MemorySegment> shares(MemorySegment values) {
        long count = values.byteSize() / Float.BYTES;
        List<MemorySegment> shares = new ArrayList<>();
        for (int r = 0; r < size; r++) {
            long begin = count * r / size;
            shares.add(values.asSlice(begin * Float.BYTES, (count * (r + 1) / size - begin) * Float.BYTES));
        }
        return shares;
    }

    private Peer.Destination fixed(List<MemorySegment> parts) {
        return (from, head) -> {
            MemorySegment part = parts.get(from);
            head.requireBytes(part.byteSize(), from, rank);
            return part;
        };
    }

    private void run(Kind kind, IntFunction<MemorySegment> outgoing, Peer.Destination incoming) {
        number++;
        for (Peer peer : peers) {
            MemorySegment data = outgoing.apply(peer.rank());
            begin(peer, new Head(number, kind, data.byteSize()), data);
        }
        Peer.Destination checked = (from, head) -> {
            head.require(number, kind, from, rank);
            return incoming.of(from, head);
        };
        while (!peers.stream().allMatch(Peer::done)) {
            select(checked);
        }
    }

    private void select(Peer.Destination incoming) {
        if (aborted) {
            throw new IllegalStateException("the collectives were aborted");
        }
        try {
            selector.select(key -> move((Peer) key.attachment(), incoming));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Heads go to everybody before anything is read, so that all see it when one does something else. */
    private void begin(Peer peer, Head head, MemorySegment data) {
        try {
            moved += peer.begin(head, data);
        } catch (IOException e) {
            throw LostPeerException.gone(peer.rank(), e);
        }
    }

    private void move(Peer peer, Peer.Destination incoming) {
        try {
            moved += peer.move(incoming);
        } catch (IOException e) {
            throw LostPeerException.gone(peer.rank(), e);
        }
    }

    @Override
    public long moved() {
        return moved;
    }

    @Override
    public void abort() {
        aborted = true;
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
