package org.drllava.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Names beside a target, in its own folder so that a rename between them is atomic. */
final class Siblings {
    private Siblings() {}

    /** A new name for something unfinished or condemned; nothing of this form is ever worth keeping. */
    static Path temporary(Path target) {
        return target.resolveSibling(".%s.tmp-%016x".formatted(
                target.getFileName(), ThreadLocalRandom.current().nextLong()));
    }

    /** Where the previous, whole version waits while the next one moves in. */
    static Path aside(Path target) {
        return target.resolveSibling(".%s.old".formatted(target.getFileName()));
    }

    /** What {@link #temporary} names were left behind for this target. */
    static List<Path> leftovers(Path target) throws IOException {
        var form = Pattern.compile("\\." + Pattern.quote(target.getFileName().toString()) + "\\.tmp-[0-9a-f]{16}");
        try (var siblings = Files.list(target.getParent())) {
            return siblings.filter(path -> form.matcher(path.getFileName().toString()).matches()).sorted().toList();
        }
    }

    /** Absolute, and through a link if there is one: the link stays, what it points to is replaced. */
    static Path place(Path target) throws IOException {
        var absolute = target.toAbsolutePath().normalize();
        if (absolute.getFileName() == null) {
            throw new IllegalArgumentException(target + " cannot be replaced");
        }
        return Files.isSymbolicLink(absolute) && Files.exists(absolute) ? absolute.toRealPath() : absolute;
    }

    static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }
}
