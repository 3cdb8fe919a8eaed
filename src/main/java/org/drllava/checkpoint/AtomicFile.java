package org.drllava.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that are there whole or not at all: written beside the target, fsynced, renamed onto it, the folder fsynced.
 * A killed process may leave a {@code .NAME.tmp-*} file behind; nothing reads those.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** UTF-8. */
    public static void write(Path target, String text) {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws UncheckedIOException if the disk refuses; the target is then what it was */
    public static void write(Path target, byte[] bytes) {
        write(target, channel -> Disk.current().write(channel, ByteBuffer.wrap(bytes)));
    }

    /** Missing parent folders are made. */
    static void write(Path target, ThrowingConsumer<FileChannel> writer) {
        try {
            var place = Siblings.place(target);
            Files.createDirectories(place.getParent());
            replace(place, Siblings.temporary(place), writer);
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be written: %s".formatted(target, e), e);
        }
    }

    private static void replace(Path place, Path fresh, ThrowingConsumer<FileChannel> writer) throws IOException {
        var disk = Disk.current();
        try {
            try (var channel = disk.create(fresh)) {
                writer.accept(channel);
            }
            disk.sync(fresh);
            disk.rename(fresh, place);
        } catch (IOException | RuntimeException | Error e) {
            try {
                if (Files.exists(fresh)) {
                    disk.delete(fresh);
                }
            } catch (IOException cleanup) {
                e.addSuppressed(cleanup);
            }
            throw e;
        }
        disk.sync(place.getParent());
    }
}
