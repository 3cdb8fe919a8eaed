package org.drllava.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    private static final Path HOME = Path.of("/home/someone");

    @Test
    void ownVariableGoesBeforeXdgGoesBeforeHome() {
        assertThat(CacheFolder.path(Map.of("DRLLAVA_CACHE", "/a", "XDG_CACHE_HOME", "/b"), HOME)).isEqualTo(Path.of("/a"));
        assertThat(CacheFolder.path(Map.of("XDG_CACHE_HOME", "/b"), HOME)).isEqualTo(Path.of("/b/drllava"));
        assertThat(CacheFolder.path(Map.of(), HOME)).isEqualTo(Path.of("/home/someone/.cache/drllava"));
    }

    @Test
    void emptyVariablesCountAsAbsent() {
        assertThat(CacheFolder.path(Map.of("DRLLAVA_CACHE", "", "XDG_CACHE_HOME", ""), HOME)).isEqualTo(HOME.resolve(".cache/drllava"));
    }
}
