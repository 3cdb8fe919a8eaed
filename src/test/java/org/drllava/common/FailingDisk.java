package org.drllava.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The real disk, until its n-th call: that one fails, and after a power cut so do all that follow. An fsync is only
 * noted down, as no power is really cut and a thousand of them take a busy disk half a minute.
 */
public final class FailingDisk implements Disk {
    public enum Fault { ONE_CALL, POWER_CUT }

    private final int failAt;
    private final Fault fault;
    private final Set<Path> unsynced = new HashSet<>();
    private int calls;

    public FailingDisk(int failAt, Fault fault) {
        this.failAt = failAt;
        this.fault = fault;
    }

    public static FailingDisk never() {
        return new FailingDisk(Integer.MAX_VALUE, Fault.ONE_CALL);
    }

    public int calls() {
        return calls;
    }

    public void run(Runnable work) {
        ScopedValue.where(Disk.BOUND, this).run(work);
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        count("createFolder " + folder);
        Real.INSTANCE.createFolder(folder);
        unsynced.add(folder);
        unsynced.add(folder.getParent());
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        count("create " + file);
        unsynced.add(file);
        unsynced.add(file.getParent());
        return Real.INSTANCE.create(file);
    }

    /** A write that fails has written half. */
    @Override
    public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        try {
            count("write");
        } catch (IOException e) {
            Real.INSTANCE.write(channel, bytes.slice(bytes.position(), bytes.remaining() / 2));
            throw e;
        }
        Real.INSTANCE.write(channel, bytes);
    }

    @Override
    public void sync(Path fileOrFolder) throws IOException {
        count("sync " + fileOrFolder);
        if (!Files.exists(fileOrFolder)) {
            throw new NoSuchFileException(fileOrFolder.toString());
        }
        unsynced.remove(fileOrFolder);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        count("rename " + from + " to " + to);
        boolean becomesVisible = !to.getFileName().toString().startsWith(".");
        if (becomesVisible && unsynced.stream().anyMatch(path -> path.startsWith(from) && Files.exists(path))) {
            throw new AssertionError("renamed to " + to + " before fsync of " + unsynced);
        }
        Real.INSTANCE.rename(from, to);
        unsynced.add(to.getParent());
    }

    @Override
    public void delete(Path fileOrEmptyFolder) throws IOException {
        count("delete " + fileOrEmptyFolder);
        Real.INSTANCE.delete(fileOrEmptyFolder);
    }

    private void count(String call) throws IOException {
        calls++;
        if (calls == failAt || fault == Fault.POWER_CUT && calls > failAt) {
            throw new IOException("injected into call %d, %s".formatted(calls, call));
        }
    }
}
