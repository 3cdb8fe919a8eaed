package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {
    @TempDir
    private Path folder;

    @Test
    void allWhoComeTogetherHaveTheFirstOnesSecret() throws IOException {
        Set<String> secrets = ConcurrentHashMap.newKeySet();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                threads.submit(() -> secrets.add(Secret.of(Map.of(), folder.resolve("new"))));
            }
        }
        assertThat(secrets).hasSize(1).allMatch(secret -> secret.length() == 64);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("new/ranks.secret")))).isEqualTo("rw-------");
        assertThat(folder.resolve("new")).isDirectoryContaining("glob:**/ranks.secret").satisfies(path ->
                assertThat(path.toFile().list()).as("nothing else is left").hasSize(1));
    }

    @Test
    void theVariableComesFirst() {
        assertThat(Secret.of(Map.of("DRLLAVA_SECRET", "0123456789abcdef"), folder)).isEqualTo("0123456789abcdef");
        assertThat(folder).isEmptyDirectory();
        assertThatThrownBy(() -> Secret.of(Map.of("DRLLAVA_SECRET", "short"), folder)).isInstanceOf(InputException.class)
                .hasMessageContaining("DRLLAVA_SECRET").hasMessageContaining("16").hasMessageNotContaining("short");
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws IOException {
        Secret.of(Map.of(), folder);
        Files.setPosixFilePermissions(folder.resolve("ranks.secret"), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> Secret.of(Map.of(), folder)).isInstanceOf(InputException.class).hasMessageContaining("chmod 600");
    }
}
