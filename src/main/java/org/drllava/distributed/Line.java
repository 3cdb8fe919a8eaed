package org.drllava.distributed;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection to another process on which short JSON messages travel, each behind its length. One thread receives, several
 * may send.
 */
final class Line implements AutoCloseable {
    private static final int LONGEST = 4 << 20;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SocketChannel channel;
    private final DataInputStream in;
    private final OutputStream out;

    Line(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        in = new DataInputStream(channel.socket().getInputStream());
        out = channel.socket().getOutputStream();
    }

    SocketChannel channel() {
        return channel;
    }

    InetSocketAddress remote() {
        return (InetSocketAddress) channel.socket().getRemoteSocketAddress();
    }

    InetSocketAddress local() {
        return (InetSocketAddress) channel.socket().getLocalSocketAddress();
    }

    /** From now on a wait for the other side that is longer than this throws {@link java.net.SocketTimeoutException}. */
    void patience(Duration longest) throws IOException {
        channel.socket().setSoTimeout((int) Math.min(Integer.MAX_VALUE, longest.toMillis()));
    }

    byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        in.readFully(bytes);
        return bytes;
    }

    synchronized void bytes(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** @throws EOFException when the other side has closed; IOException also for a message that is too long or none */
    <T> T receive(Class<T> type) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LONGEST) {
            throw new IOException("a message of " + Integer.toUnsignedString(length) + " bytes");
        }
        byte[] message = in.readNBytes(length); // grows with what comes, not with what was announced
        if (message.length < length) {
            throw new EOFException();
        }
        try {
            return JSON.readValue(message, type);
        } catch (JacksonException e) {
            throw new IOException("a message that is no " + type.getSimpleName(), e);
        }
    }

    void send(Object message) throws IOException {
        byte[] json = JSON.writeValueAsBytes(message);
        if (json.length > LONGEST) {
            throw new IOException("a message of " + json.length + " bytes is too long");
        }
        bytes(ByteBuffer.allocate(Integer.BYTES + json.length).putInt(json.length).put(json).array());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Closed is what it is.
        }
    }
}
