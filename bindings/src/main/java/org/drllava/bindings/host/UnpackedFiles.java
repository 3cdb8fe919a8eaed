package org.drllava.bindings.host;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Files of a manifest, unpacked into one folder that any number of processes may fill and read at once.
 *
 * <p>Each file is written aside, checked, synced and renamed into place, so a file under its own name is always whole.
 * No lock is taken (they fail on some network home folders): two processes that start together both unpack, and the
 * slower one throws its copy away. A file of another size than the manifest's was damaged and is replaced, by a rename
 * too, which leaves processes that have the old one mapped alone.
 */
public final class UnpackedFiles {
    private static final String ASIDE = ".part-";
    // A killed process leaves its copy; one this old belongs to nobody.
    private static final Duration ABANDONED = Duration.ofHours(1);

    private UnpackedFiles() {}

    /**
     * Makes sure that every file of the manifest is in the folder.
     *
     * @param resources opens a resource by its name in the manifest, or gives null when there is none
     * @throws NativeLibraryException if a resource is missing or is not what the manifest says, or the folder cannot be
     *     written
     */
    public static void unpack(FileManifest manifest, Path folder, Function<String, InputStream> resources) {
        List<FileManifest.Entry> wanted =
                manifest.files().stream().filter(entry -> !present(folder, entry)).toList();
        if (wanted.isEmpty()) {
            return;
        }
        try {
            Files.createDirectories(folder);
            removeAbandoned(folder);
            for (FileManifest.Entry entry : wanted) {
                unpack(entry, folder, resources);
            }
            try (FileChannel directory = FileChannel.open(folder, READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new NativeLibraryException(
                    "The native libraries could not be unpacked to " + folder + " (" + e
                            + "); free some space there or set DRLLAVA_CACHE to a folder that can be written.", e);
        }
    }

    /** Names of the files that are missing or whose content is not the manifest's; reads every byte. */
    public static List<String> damaged(FileManifest manifest, Path folder) {
        return manifest.files().stream()
                .filter(entry -> !present(folder, entry) || !entry.sha256().equals(hash(folder.resolve(entry.fileName()))))
                .map(FileManifest.Entry::fileName)
                .toList();
    }

    private static boolean present(Path folder, FileManifest.Entry entry) {
        try {
            return Files.size(folder.resolve(entry.fileName())) == entry.bytes();
        } catch (IOException e) {
            return false;
        }
    }

    private static void unpack(FileManifest.Entry entry, Path folder, Function<String, InputStream> resources)
            throws IOException {
        Path aside = folder.resolve(entry.fileName() + ASIDE + UUID.randomUUID());
        try {
            try (InputStream in = resources.apply(entry.resource())) {
                if (in == null) {
                    throw new NativeLibraryException("The class path has no " + entry.resource()
                            + "; take the complete drllava.jar, or point DRLLAVA_LIBTORCH at an installed PyTorch.");
                }
                copy(in, aside, entry);
            }
            if (!present(folder, entry)) {
                Files.move(aside, folder.resolve(entry.fileName()), ATOMIC_MOVE, REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static void copy(InputStream in, Path file, FileManifest.Entry entry) throws IOException {
        var digest = FileManifest.sha256();
        long bytes;
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
            bytes = in.transferTo(new DigestOutputStream(Channels.newOutputStream(channel), digest));
            channel.force(true);
        }
        String hash = HexFormat.of().formatHex(digest.digest());
        if (bytes != entry.bytes() || !hash.equals(entry.sha256())) {
            throw new NativeLibraryException("The class path's " + entry.resource() + " has " + bytes + " bytes and SHA-256 "
                    + hash + " where " + entry.bytes() + " and " + entry.sha256()
                    + " were expected; the jar is damaged or of another version.");
        }
    }

    private static String hash(Path file) {
        try (var in = new DigestInputStream(Files.newInputStream(file), FileManifest.sha256())) {
            byte[] buffer = new byte[1 << 20];
            while (in.read(buffer) >= 0) {
                // the stream hashes what passes
            }
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }

    private static void removeAbandoned(Path folder) throws IOException {
        Instant limit = Instant.now().minus(ABANDONED);
        try (var files = Files.newDirectoryStream(folder, "*" + ASIDE + "*")) {
            for (Path file : files) {
                try {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                        Files.deleteIfExists(file);
                    }
                } catch (java.nio.file.NoSuchFileException gone) {
                    // its owner finished in the meantime
                }
            }
        }
    }
}
