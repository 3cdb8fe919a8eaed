package org.drllava.distributed;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.drllava.common.InputException;

/**
 * What the ranks of a run know and nobody else: the variable {@code DRLLAVA_SECRET}, or else a file that only its owner can
 * read, made by whoever comes first. So ranks of one user on one host, or with one home, need not be told.
 */
public final class Secret {
    static final String VARIABLE = "DRLLAVA_SECRET";
    private static final int SHORTEST = 16;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private Secret() {}

    /** @param folder where the file is kept */
    public static String of(Map<String, String> environment, Path folder) {
        String given = environment.getOrDefault(VARIABLE, "").strip();
        if (given.isEmpty()) {
            return file(folder.resolve("ranks.secret"));
        }
        if (given.length() < SHORTEST) {
            throw new InputException(VARIABLE + " must have at least " + SHORTEST + " characters, found " + given.length() + ".");
        }
        return given;
    }

    /** A new one. */
    static String random() {
        return HexFormat.of().formatHex(Handshake.challenge());
    }

    private static String file(Path file) {
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            if (!Files.getPosixFilePermissions(file).equals(OWNER_ONLY)) {
                throw new InputException(file + " must be readable by its owner alone: chmod 600 it, or set " + VARIABLE + ".");
            }
            String secret = Files.size(file) > 4096 ? "" : Files.readString(file).strip();
            if (secret.length() < SHORTEST) {
                throw new InputException(file + " holds no secret; delete it, and the next run makes a new one.");
            }
            return secret;
        } catch (IOException | UnsupportedOperationException e) {
            throw new InputException("The secret of the ranks cannot be kept in " + file + " (" + e + "); set " + VARIABLE + " instead.", e);
        }
    }

    /** Written aside and then linked, so that nobody reads half of it and the first one stays. */
    private static void make(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path fresh = Files.createTempFile(file.getParent(), ".ranks", ".secret", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            Files.writeString(fresh, random() + "\n");
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException e) {
            // Another rank was first.
        } finally {
            Files.delete(fresh);
        }
    }
}
