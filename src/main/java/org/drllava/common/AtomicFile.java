package org.drllava.common;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that are there whole or not at all: written beside the target, fsynced, renamed onto it, the folder fsynced.
 * Missing parent folders are made. A killed process may leave a {@code .NAME.tmp-*} file behind; nothing reads those.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** UTF-8. */
    public static void write(Path target, String text) {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws UncheckedIOException if the disk refuses; the target is then what it was */
    public static void write(Path target, byte[] bytes) {
        write(target, channel -> channel.write(ByteBuffer.wrap(bytes)));
    }

    /**
     * For what is too large for one array.
     *
     * @param writer writes to a channel whose every write takes all bytes it is given
     */
    public static void write(Path target, ThrowingConsumer<WritableByteChannel> writer) {
        try {
            var place = Siblings.place(target);
            Files.createDirectories(place.getParent());
            replace(place, Siblings.temporary(place), writer);
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be written: %s".formatted(target, e), e);
        }
    }

    private static void replace(Path place, Path fresh, ThrowingConsumer<WritableByteChannel> writer) throws IOException {
        var disk = Disk.current();
        try {
            try (var channel = disk.create(fresh)) {
                writer.accept(new WholeWrites(channel, disk));
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

    /** The file as its writer sees it. */
    private record WholeWrites(FileChannel file, Disk disk) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            disk.write(file, bytes);
            return count;
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
