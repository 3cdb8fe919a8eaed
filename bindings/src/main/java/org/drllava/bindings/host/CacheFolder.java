package org.drllava.bindings.host;

import java.nio.file.Path;
import java.util.Map;

/** Where files are kept that can be made again: unpacked libraries. */
public final class CacheFolder {
    private CacheFolder() {}

    /** {@code DRLLAVA_CACHE}, else {@code $XDG_CACHE_HOME/drllava}, else {@code ~/.cache/drllava}; it need not exist. */
    public static Path root() {
        return root(System.getenv(), System.getProperty("user.home"));
    }

    static Path root(Map<String, String> environment, String home) {
        String own = environment.getOrDefault("DRLLAVA_CACHE", "");
        if (!own.isBlank()) {
            return Path.of(own).toAbsolutePath();
        }
        // The XDG base directory specification tells programs to ignore a relative path.
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        return xdg.startsWith("/") ? Path.of(xdg, "drllava") : Path.of(home, ".cache", "drllava").toAbsolutePath();
    }
}
