package org.drllava.common;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Folders that are there whole or not at all. A folder TARGET is written as {@code .TARGET.tmp-HEX} beside it, every
 * file and folder in it fsynced, then renamed. A rename cannot replace a folder with something in it, so a previous
 * TARGET is first renamed to {@code .TARGET.old} and deleted at the end.
 *
 * <p>A process that dies between those two renames leaves no TARGET but a whole {@code .TARGET.old};
 * {@link #recover} puts it back. Whatever else a dead process left is unfinished or superseded, and is deleted. One
 * process at a time may write or recover a target.
 */
public final class AtomicFolder {
    private AtomicFolder() {}

    /**
     * Recovers the target, then replaces it by what {@code writer} puts into the empty folder it is given. Missing
     * parent folders are made. Whatever the writer throws comes out; the target is then what it was.
     *
     * @throws UncheckedIOException if the disk refuses; the target is then whole, the previous or the new one
     */
    public static void write(Path target, ThrowingConsumer<Path> writer) {
        onDisk(target, "written", place -> {
            Files.createDirectories(place.getParent());
            recoverPlace(place);
            if (Files.exists(place) && !Siblings.isFolder(place)) {
                throw new NotDirectoryException(place.toString());
            }
            var fresh = Siblings.temporary(place);
            try {
                Disk.current().createFolder(fresh);
                writer.accept(fresh);
                syncTree(fresh);
                moveIn(fresh, place);
            } catch (IOException | RuntimeException | Error e) {
                try {
                    deleteTree(fresh);
                } catch (IOException cleanup) {
                    e.addSuppressed(cleanup);
                }
                throw e;
            }
        });
    }

    /** Undoes what a dead process left half done beside {@code target}; does nothing if all is well. */
    public static void recover(Path target) {
        onDisk(target, "recovered", place -> {
            if (Siblings.isFolder(place.getParent())) {
                recoverPlace(place);
            }
        });
    }

    /** Takes the folder away, in one step for whoever looks; nothing happens if there is none. */
    public static void delete(Path target) {
        onDisk(target, "deleted", place -> {
            if (Siblings.isFolder(place.getParent())) {
                recoverPlace(place);
                discard(place, place);
            }
        });
    }

    private static void recoverPlace(Path place) throws IOException {
        var aside = Siblings.aside(place);
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            discard(aside, place);
        } else if (Siblings.isFolder(aside)) {
            Disk.current().rename(aside, place);
            Disk.current().sync(place.getParent());
        }
        for (var leftover : Siblings.leftovers(place)) {
            deleteTree(leftover);
        }
    }

    private static void moveIn(Path fresh, Path place) throws IOException {
        var disk = Disk.current();
        var aside = Siblings.aside(place);
        boolean replaces = Files.exists(place);
        if (replaces) {
            disk.rename(place, aside);
        }
        try {
            disk.rename(fresh, place);
        } catch (IOException e) {
            if (replaces) {
                disk.rename(aside, place);
            }
            throw e;
        }
        disk.sync(place.getParent());
        discard(aside, place);
    }

    /** A folder half deleted must not pass for a whole one, so it first loses its name, on the disk too. */
    private static void discard(Path folder, Path place) throws IOException {
        if (Siblings.isFolder(folder)) {
            var condemned = Siblings.temporary(place);
            Disk.current().rename(folder, condemned);
            Disk.current().sync(folder.getParent());
            deleteTree(condemned);
        }
    }

    private static void syncTree(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    Disk.current().sync(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Disk.current().sync(directory);
                return super.postVisitDirectory(directory, failure);
            }
        });
    }

    /** Links are deleted, not followed. */
    private static void deleteTree(Path folder) throws IOException {
        if (!Siblings.isFolder(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Disk.current().delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Disk.current().delete(directory);
                return super.postVisitDirectory(directory, failure);
            }
        });
    }

    private static void onDisk(Path target, String deed, ThrowingConsumer<Path> work) {
        try {
            work.accept(Siblings.place(target));
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be %s: %s".formatted(target, deed, e), e);
        }
    }
}
