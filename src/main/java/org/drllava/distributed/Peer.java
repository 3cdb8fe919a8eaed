package org.drllava.distributed;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * The connection to one other rank while a collective runs: a head of fixed length and then data, in both directions. Data goes
 * from and to the memory itself, a piece at a time.
 */
final class Peer {
    /** Where data goes, once it is known what comes. */
    @FunctionalInterface
    interface Destination {
        /** @throws LostPeerException when that does not belong here */
        MemorySegment of(int rank, Head head);
    }

    private static final int HEAD_BYTES = Long.BYTES + Integer.BYTES + Long.BYTES;
    private static final int PIECE = 4 << 20;

    private final int rank;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer headOut = ByteBuffer.allocateDirect(HEAD_BYTES);
    private final ByteBuffer headIn = ByteBuffer.allocateDirect(HEAD_BYTES);
    private MemorySegment outgoing;
    private MemorySegment incoming;
    private long sent;
    private long received;

    Peer(int rank, SocketChannel channel, SelectionKey key) {
        this.rank = rank;
        this.channel = channel;
        this.key = key;
        key.attach(this);
    }

    int rank() {
        return rank;
    }

    /** Begins a call and sends what can be sent without waiting. @return bytes moved */
    long begin(Head head, MemorySegment data) throws IOException {
        headOut.clear().putLong(head.number()).putInt(head.kind().ordinal()).putLong(head.bytes()).flip();
        headIn.clear();
        outgoing = data;
        incoming = null;
        sent = 0;
        received = 0;
        long moved = write();
        waitForTheRest();
        return moved;
    }

    /** Moves what can be moved without waiting. @return bytes moved */
    long move(Destination destination) throws IOException {
        long moved = 0;
        if (!sentAll()) {
            moved += write();
        }
        if (!receivedAll()) {
            moved += read(destination);
        }
        waitForTheRest();
        return moved;
    }

    private void waitForTheRest() {
        key.interestOps((sentAll() ? 0 : SelectionKey.OP_WRITE) | (receivedAll() ? 0 : SelectionKey.OP_READ));
    }

    boolean done() {
        return sentAll() && receivedAll();
    }

    private boolean sentAll() {
        return !headOut.hasRemaining() && sent == outgoing.byteSize();
    }

    private boolean receivedAll() {
        return incoming != null && received == incoming.byteSize();
    }

    private long write() throws IOException {
        ByteBuffer data = piece(outgoing, sent);
        int size = data.remaining();
        long written = headOut.hasRemaining() ? channel.write(new ByteBuffer[] {headOut, data}) : channel.write(data);
        sent += size - data.remaining();
        return written;
    }

    private long read(Destination destination) throws IOException {
        long count = 0;
        if (incoming == null) {
            count = checked(channel.read(headIn));
            if (headIn.hasRemaining()) {
                return count;
            }
            incoming = destination.of(rank, head());
        }
        if (!receivedAll()) {
            long bytes = checked(channel.read(piece(incoming, received)));
            received += bytes;
            count += bytes;
        }
        return count;
    }

    private Head head() {
        headIn.flip();
        return Head.of(rank, headIn.getLong(), headIn.getInt(), headIn.getLong());
    }

    private static ByteBuffer piece(MemorySegment data, long begin) {
        return data.asSlice(begin, Math.min(PIECE, data.byteSize() - begin)).asByteBuffer();
    }

    private static int checked(int count) throws IOException {
        if (count < 0) {
            throw new EOFException();
        }
        return count;
    }
}
