package org.drllava.clinical.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.drllava.common.InputException;

/** Files that are there whole or not at all: written aside, synced, renamed. */
public final class AtomicFile {
    private AtomicFile() {}

    /** Writes UTF-8 text, making the folders above it; see {@link #write(Path, byte[])}. */
    public static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes or replaces a file, making the folders above it. Throws {@link InputException} when the disk refuses. */
    public static void write(Path file, byte[] content) {
        var target = file.toAbsolutePath();
        try {
            Files.createDirectories(target.getParent());
            var aside = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".part");
            try {
                try (var channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                    for (var rest = ByteBuffer.wrap(content); rest.hasRemaining();) {
                        channel.write(rest);
                    }
                    channel.force(true);
                }
                Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw new InputException(file + " cannot be written: " + e + ".", e);
        }
    }
}
