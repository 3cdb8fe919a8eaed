package org.drllava.distributed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import tools.jackson.databind.json.JsonMapper;

/**
 * The last collectives of a rank, in a JSON file that is up to date at any moment, also when the process is killed in the next:
 * it is mapped into memory, and every entry has its place of fixed length, filled up with spaces. An end without failure
 * deletes it.
 */
final class FlightRecorder implements AutoCloseable {
    private static final int ENTRIES = 64;
    private static final int ENTRY = 192;
    private static final int HEAD = 512;
    private static final int SENTENCE = 2048;
    private static final String AFTER_SENTENCE = ",\n\"collectives\": [\n";
    private static final String END = "]}\n";
    private static final JsonMapper JSON = JsonMapper.shared();

    /** A call. @param milliseconds null while it runs; @param state {@code running}, {@code done} or {@code failed} */
    record Entry(long number, String kind, long bytes, String phase, String state, String start, Double milliseconds) {}

    private record Head(int rank, int size, String host, String transport) {}

    private final Path file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private volatile Entry last = new Entry(0, "start", 0, "", "done", "", null);
    private long startNanos;
    private long insideNanos;
    private boolean failed;

    /** @throws UncheckedIOException when the file cannot be written */
    FlightRecorder(Path file, World world, String transport) {
        this.file = file;
        String head = JSON.writeValueAsString(new Head(world.rank(), world.size(), cut(Addresses.hostName(), 64), transport));
        StringBuilder text = new StringBuilder(padded(head.substring(0, head.length() - 1) + ",", HEAD));
        text.append("\"sentence\":\n").append(padded("null", SENTENCE)).append(AFTER_SENTENCE);
        for (int i = 0; i < ENTRIES; i++) {
            text.append(padded("null", ENTRY)).append(i < ENTRIES - 1 ? ",\n" : " \n");
        }
        byte[] bytes = text.append(END).toString().getBytes(StandardCharsets.UTF_8);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            // Written first, so that the disk's blocks are there and the mapping never meets a full disk.
            Files.write(file, bytes);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                memory = channel.map(MapMode.READ_WRITE, 0, bytes.length, arena);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be written: %s".formatted(file, e), e);
        }
    }

    void begin(Kind kind, long bytes, String phase) {
        startNanos = System.nanoTime();
        write(new Entry(last.number() + 1, kind.toString(), bytes, cut(phase, 32), "running", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(), null));
    }

    void end(boolean done) {
        long nanos = System.nanoTime() - startNanos;
        insideNanos += nanos;
        Entry begun = last;
        write(new Entry(begun.number(), begun.kind(), begun.bytes(), begun.phase(), done ? "done" : "failed", begun.start(), nanos / 1000 / 1e3));
    }

    /** The newest call; number 0 before the first. */
    Entry last() {
        return last;
    }

    double secondsInside() {
        return insideNanos / 1e9;
    }

    /** Notes why the run failed, and that the file stays. */
    synchronized void sentence(String sentence) {
        failed = true;
        if (!arena.scope().isAlive()) {
            return;
        }
        String json = JSON.writeValueAsString(sentence);
        for (int length = sentence.length(); json.getBytes(StandardCharsets.UTF_8).length > SENTENCE; length = length * 3 / 4) {
            json = JSON.writeValueAsString(sentence.substring(0, length) + "…");
        }
        put(HEAD + "\"sentence\":\n".length(), json, SENTENCE);
    }

    private synchronized void write(Entry entry) {
        last = entry;
        if (arena.scope().isAlive()) {
            long place = (entry.number() - 1) % ENTRIES;
            put(HEAD + "\"sentence\":\n".length() + SENTENCE + AFTER_SENTENCE.length() + place * (ENTRY + 2), JSON.writeValueAsString(entry), ENTRY);
        }
    }

    private void put(long offset, String json, int length) {
        MemorySegment.copy(MemorySegment.ofArray(paddedBytes(json, length)), 0, memory, offset, length);
    }

    private static String padded(String text, int length) {
        return new String(paddedBytes(text, length), StandardCharsets.UTF_8);
    }

    private static byte[] paddedBytes(String text, int length) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > length) {
            throw new IllegalArgumentException("\"" + text + "\" is longer than " + length + " bytes");
        }
        byte[] padded = new byte[length];
        Arrays.fill(padded, (byte) ' ');
        ByteBuffer.wrap(padded).put(bytes);
        return padded;
    }

    /** Of phases and hosts, which are short words in ASCII as a rule. */
    private static String cut(String text, int length) {
        String plain = text.replaceAll("[^ -~]|[\"\\\\]", "?");
        return plain.length() <= length ? plain : plain.substring(0, length);
    }

    @Override
    public synchronized void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        arena.close();
        if (!failed) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // It then stays, as it may.
            }
        }
    }
}
