package org.drllava.common;

import java.nio.file.Path;
import java.util.Map;

/** Where unpacked native libraries are kept between runs. Everything in it can be deleted and is made again. */
public final class CacheFolder {
    private CacheFolder() {}

    /** {@code $DRLLAVA_CACHE}, else {@code $XDG_CACHE_HOME/drllava}, else {@code ~/.cache/drllava}; it need not exist yet. */
    public static Path path() {
        return path(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** As {@link #path()}, for the given environment and home folder. Empty variables count as absent. */
    public static Path path(Map<String, String> environment, Path home) {
        var own = environment.getOrDefault("DRLLAVA_CACHE", "");
        if (!own.isEmpty()) return Path.of(own).toAbsolutePath();
        var xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        var caches = xdg.isEmpty() ? home.resolve(".cache") : Path.of(xdg);
        return caches.resolve("drllava").toAbsolutePath();
    }
}
