package org.drllava.bindings.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileManifestTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    @Test
    void readsFilesInOrder() {
        FileManifest manifest =
                FileManifest.parse("# comment\nversion\t2.0\n\na/b/second.so.1\t12\t" + HASH + "\nfirst.so\t0\t" + HASH + "\n");
        assertThat(manifest.version()).isEqualTo("2.0");
        assertThat(manifest.files()).extracting(FileManifest.Entry::fileName).containsExactly("second.so.1", "first.so");
        assertThat(manifest.files().getFirst().bytes()).isEqualTo(12);
    }

    @Test
    void anotherContentHasAnotherHash() {
        String one = FileManifest.parse("version\t1\na.so\t1\t" + HASH).hash();
        assertThat(one).hasSize(64).isNotEqualTo(FileManifest.parse("version\t1\na.so\t2\t" + HASH).hash());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.so\t1\tabc", "version\t1\na.so\t1\tabc", "version\t1\na.so\tx\t", "version\t1\na.so"})
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> FileManifest.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
