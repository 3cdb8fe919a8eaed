package org.drllava.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 of what a run reads, to tell whether it still is the same. */
public final class Sha256 {
    /** Of larger files only size, beginning and end are read: a 13 GB model must not take a minute to recognise. */
    private static final long WHOLE = 64L << 20;

    private Sha256() {}

    /** A file's hash in hexadecimal; a folder's over the names and hashes of its files, subfolders left out. */
    public static String of(Path path) {
        MessageDigest digest = digest();
        try {
            if (Files.isDirectory(path)) {
                try (var files = Files.list(path)) {
                    for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                        digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                        add(digest, file);
                    }
                }
            } else {
                add(digest, path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be read: %s".formatted(path, e), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The hash of several in their order. */
    public static String of(List<byte[]> hashes) {
        MessageDigest digest = digest();
        hashes.forEach(digest::update);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A digest to be fed. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, Path file) throws IOException {
        long size = Files.size(file);
        digest.update((" " + size + " ").getBytes(StandardCharsets.UTF_8));
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            if (size <= WHOLE) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            } else {
                in.readNBytes((int) (WHOLE / 2));
            }
        }
        if (size > WHOLE) {
            try (var channel = Files.newByteChannel(file)) {
                channel.position(size - WHOLE / 2);
                digest.update(java.nio.channels.Channels.newInputStream(channel).readAllBytes());
            }
        }
    }
}
