package org.drllava.distributed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Listens, and lets in who knows the key. Strangers are turned away and hold nobody up. */
final class Door implements AutoCloseable {
    /** Callers that may be in the middle of showing their key. */
    private static final int CALLERS = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ServerSocketChannel server;
    private final byte[] key;
    private final BlockingQueue<Line> admitted = new LinkedBlockingQueue<>();
    private final Semaphore callers = new Semaphore(CALLERS);
    private final Set<String> turnedAway = new TreeSet<>();

    private Door(ServerSocketChannel server, byte[] key) {
        this.server = server;
        this.key = key;
    }

    /** @param port 0 for any; @throws java.net.BindException when the port is taken or the address is not this host's */
    static Door open(InetAddress address, int port, byte[] key) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(new InetSocketAddress(address, port), CALLERS);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        Door door = new Door(server, key);
        Thread.ofVirtual().name("door").start(door::listen);
        return door;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.socket().getLocalSocketAddress();
    }

    /** The next one who knows the key, null if none comes in time. */
    Line next(Deadline deadline) {
        try {
            return admitted.poll(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LostRankException("Interrupted while waiting for the other ranks.", e);
        }
    }

    /** Who was turned away and why, for a sentence; empty if nobody was. */
    String turnedAway() {
        synchronized (turnedAway) {
            return turnedAway.isEmpty() ? "" : "; turned away: " + String.join(", ", turnedAway);
        }
    }

    private void listen() {
        try {
            while (server.isOpen()) {
                SocketChannel caller = server.accept();
                callers.acquireUninterruptibly();
                Thread.ofVirtual().start(() -> receive(caller));
            }
        } catch (IOException e) {
            close();
        }
    }

    private void receive(SocketChannel caller) {
        try {
            Line line = new Line(caller);
            try {
                line.patience(PATIENCE);
                Handshake.answer(line, key);
                admitted.add(line);
            } catch (IOException e) {
                note(line, e);
                line.close();
            }
            if (!server.isOpen()) {
                hangUp();
            }
        } catch (IOException e) {
            // Gone before it said anything.
        } finally {
            callers.release();
        }
    }

    private void note(Line line, IOException e) {
        if (e instanceof Handshake.WrongKeyException || e instanceof Handshake.NoRankException) {
            synchronized (turnedAway) {
                if (turnedAway.size() < 4) {
                    turnedAway.add("a process on " + line.remote().getAddress().getHostAddress() + ", as " + e.getMessage());
                }
            }
        }
    }

    /** Closes the lines of those who were let in and not asked for. */
    private void hangUp() {
        for (Line line; (line = admitted.poll()) != null;) {
            line.close();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            // Closed is what it is.
        }
        hangUp();
    }
}
