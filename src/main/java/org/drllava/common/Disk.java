package org.drllava.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The calls by which this package changes a disk. They go through one place so that tests can let the n-th of them
 * fail, or cut the power after it, and look at what is left.
 */
interface Disk {
    ScopedValue<Disk> BOUND = ScopedValue.newInstance();

    static Disk current() {
        return BOUND.orElse(Real.INSTANCE);
    }

    void createFolder(Path folder) throws IOException;

    /** Creates the file, which must not exist. */
    FileChannel create(Path file) throws IOException;

    /** Writes all that remains in {@code bytes}. */
    void write(FileChannel channel, ByteBuffer bytes) throws IOException;

    /** fsync of a file, or of a folder's list of names. */
    void sync(Path fileOrFolder) throws IOException;

    /** rename(2): atomic, within one file system. */
    void rename(Path from, Path to) throws IOException;

    void delete(Path fileOrEmptyFolder) throws IOException;

    enum Real implements Disk {
        INSTANCE;

        @Override
        public void createFolder(Path folder) throws IOException {
            Files.createDirectory(folder);
        }

        @Override
        public FileChannel create(Path file) throws IOException {
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public void sync(Path fileOrFolder) throws IOException {
            try (var channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path fileOrEmptyFolder) throws IOException {
            Files.delete(fileOrEmptyFolder);
        }
    }
}
