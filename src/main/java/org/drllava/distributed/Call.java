package org.drllava.distributed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.drllava.common.InputException;

/** A rank calls rank 0, again and again until it is there. */
record Call(World world, Duration timeout, byte[] key) {
    private static final Duration PAUSE = Duration.ofMillis(50);

    /**
     * @throws InputException    when somebody else answers, or rank 0 with another secret
     * @throws LostRankException when nobody does in time
     */
    Line untilAnswered() {
        Deadline deadline = Deadline.in(timeout);
        IOException last = null;
        while (!deadline.passed()) {
            try {
                // Looked up anew each time, as names appear late where hosts are started together.
                return once(new InetSocketAddress(world.masterHost(), world.masterPort()), deadline, key);
            } catch (Handshake.WrongKeyException e) {
                throw new InputException("Rank " + world.rank() + " and the process at " + world.place() + " do not have the same secret;"
                        + " set DRLLAVA_SECRET to the same value on all ranks, and see that no other run uses that port.", e);
            } catch (Handshake.NoRankException e) {
                throw new InputException("Rank " + world.rank() + " expected rank 0 at " + world.place() + ", but of who answers there " + e.getMessage() + ".", e);
            } catch (IOException e) {
                last = e;
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
        throw new LostRankException("Rank 0 could not be reached at %s by rank %d of %d within %s (%s).".formatted(world.place(), world.rank(), world.size(),
                Deadline.words(timeout), last == null ? "not tried" : last.getMessage()), last);
    }

    static Line once(InetSocketAddress address, Deadline deadline, byte[] key) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("no host is known as " + address.getHostString());
        }
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(address, (int) deadline.left().toMillis());
            Line line = new Line(channel);
            line.patience(deadline.left());
            Handshake.call(line, key);
            return line;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
