package org.drllava.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepLogTest {
    @TempDir
    private Path folder;
    private Path file;

    private record Losses(double policy, double value, long step) {}

    @BeforeEach
    void fiveSteps() throws IOException {
        file = folder.resolve("run/log.jsonl");
        try (var log = StepLog.create(file)) {
            for (int step = 1; step <= 5; step++) {
                log.append(step, Map.of("kl", step / 4.0));
            }
        }
    }

    @Test
    void aLineAStep() throws IOException {
        assertThat(Files.readString(file)).startsWith("{\"step\":1,\"kl\":0.25}\n{\"step\":2,\"kl\":0.5}\n").hasLineCount(5);
        assertThat(kl()).containsExactly(0.25, 0.5, 0.75, 1.0, 1.25);
    }

    @Test
    void recordsAndNumbersThatJsonLacks() throws IOException {
        try (var log = StepLog.create(file)) {
            log.append(7, new Losses(Double.NaN, 0.5, 99));
            log.append(8, Map.of("nested", Map.of("grad", Float.POSITIVE_INFINITY)));
            assertThatThrownBy(() -> log.append(9, "words")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Files.readString(file)).isEqualTo("""
                {"step":7,"policy":null,"value":0.5}
                {"step":8,"nested":{"grad":null}}
                """);
    }

    @Test
    void aTornLastLineIsNoLine() throws IOException {
        Files.writeString(file, "{\"step\":6,\"kl\":0.", StandardOpenOption.APPEND);
        assertThat(StepLog.read(file)).hasSize(5);
        try (var log = StepLog.resume(file, 100)) {
            log.append(6, Map.of("kl", 9));
        }
        assertThat(kl()).endsWith(1.25, 9.0);
    }

    @Test
    void resumingCutsWhatTheCheckpointDoesNotKnow() throws IOException {
        try (var log = StepLog.resume(file, 3)) {
            log.append(4, Map.of("kl", 40));
        }
        assertThat(kl()).containsExactly(0.25, 0.5, 0.75, 40.0);
        StepLog.resume(file, 0).close();
        assertThat(file).isEmptyFile();
        StepLog.resume(folder.resolve("new.jsonl"), 12).close();
        assertThat(folder.resolve("new.jsonl")).isEmptyFile();
    }

    @Test
    void aBrokenLineInTheMiddleIsNamed() throws IOException {
        Files.writeString(file, "{\"kl\":1}\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> StepLog.read(file)).isInstanceOf(InputException.class)
                .hasMessageContaining("log.jsonl, line 6").hasMessageContaining("\"step\"");
    }

    private List<Double> kl() throws IOException {
        return StepLog.read(file).stream().map(line -> line.get("kl").doubleValue()).toList();
    }
}
