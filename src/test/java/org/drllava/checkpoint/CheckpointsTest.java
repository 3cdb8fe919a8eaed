package org.drllava.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.drllava.common.FailingDisk;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointsTest {
    @TempDir
    Path temporary;

    @Test
    void aStateComesBackBitForBit() {
        var doubles = Map.of("kl", 0.1 + 0.2, "tiny", Double.MIN_VALUE, "nan", Double.NaN, "minus", Double.NEGATIVE_INFINITY,
                "plus", Double.POSITIVE_INFINITY, "zero", -0.0, "whole", 3.0, "huge", 1e300);
        var state = RunState.of("c0ffee", Map.of("step", Long.MAX_VALUE, "seed", -1L), doubles, Map.of("phase", "pp\"o\n"),
                List.of(StoredTensor.of("adapter/a", new float[] {1, Float.NaN, -0f}, 3), StoredTensor.of("order", new long[] {2, 0, 1}, 3)));
        var folder = Checkpoints.write(temporary.resolve("checkpoints"), 123, state);
        assertThat(folder.getFileName()).hasToString("step-000123");
        try (var arena = Arena.ofConfined()) {
            var read = RunState.read(folder, arena);
            assertThat(read.configHash()).isEqualTo("c0ffee");
            assertThat(read.longs()).isEqualTo(state.longs());
            assertThat(read.doubles()).isEqualTo(state.doubles());
            assertThat(read.strings()).isEqualTo(state.strings());
            assertThat(read.tensors()).containsOnlyKeys("adapter/a", "order");
            assertThat(read.requireTensor("adapter/a").toFloats()).containsExactly(1, Float.NaN, -0f);
            assertThat(read.requireTensor("order").toLongs()).containsExactly(2, 0, 1);
            assertThat(read.requireLong("seed")).isEqualTo(-1);
            assertThat(Double.doubleToRawLongBits(read.requireDouble("zero"))).isEqualTo(Long.MIN_VALUE);
            assertThat(read.requireString("phase")).isEqualTo("pp\"o\n");
            assertThatThrownBy(() -> read.requireLong("beat")).isInstanceOf(InputException.class).hasMessageContaining("has no 'beat'");
        }
    }

    /** Written once by the program that introduced format 1; it must load for ever. */
    @Test
    void readsTheFirstFormat() {
        try (var arena = Arena.ofConfined()) {
            var state = RunState.read(Fixtures.resource("format-1"), arena);
            assertThat(state.configHash()).isEqualTo("0123abcd");
            assertThat(state.requireLong("step")).isEqualTo(42);
            assertThat(state.requireDouble("kl_coefficient")).isEqualTo(0.1);
            assertThat(state.requireDouble("best")).isNaN();
            assertThat(state.requireString("phase")).isEqualTo("ppo");
            assertThat(state.requireTensor("policy.lora_A").shape()).containsExactly(2, 3);
            assertThat(state.requireTensor("policy.lora_A").toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(state.requireTensor("order").toLongs()).containsExactly(1, 0);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"format_version\" : 2 | format_version is 2, but this program reads version 1",
        "\"format_version\" : \"1\" | format_version is \"1\", expected a whole number",
        "\"format\" : 1 | format_version is missing",
    })
    void checksTheFormatVersionBeforeAnythingElse(String replacement, String reason) throws IOException {
        var folder = Fixtures.copy(Fixtures.resource("format-1"), temporary.resolve("step-000001"));
        var file = folder.resolve("state.json");
        Files.writeString(file, Files.readString(file).replace("\"format_version\" : 1", replacement).replace("config_hash", "renamed"));
        try (var arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> RunState.read(folder, arena))
                    .isInstanceOf(InputException.class).hasMessageContaining("state.json: " + reason);
        }
    }

    @Test
    void theLatestIsTheNewestByNumberThatIsWhole() throws IOException {
        assertThat(Checkpoints.latest(temporary.resolve("none"))).isEmpty();
        assertThat(Checkpoints.latest(temporary)).isEmpty();
        for (long step : new long[] {9, 999_999, 1_000_000}) {
            Checkpoints.write(temporary, step, state(step));
        }
        Fixtures.copy(temporary.resolve("step-000009"), temporary.resolve(".step-2000000.tmp-0123456789abcdef"));
        Fixtures.copy(temporary.resolve("step-000009"), temporary.resolve("step-3000000.bak"));
        assertThat(Checkpoints.latest(temporary)).contains(temporary.resolve("step-1000000"));

        var tensors = temporary.resolve("step-1000000/tensors.safetensors");
        Files.write(tensors, Arrays.copyOf(Files.readAllBytes(tensors), (int) Files.size(tensors) - 1));
        assertThat(Checkpoints.latest(temporary)).contains(temporary.resolve("step-999999"));
        Files.delete(temporary.resolve("step-999999/state.json"));
        assertThat(Checkpoints.latest(temporary)).contains(temporary.resolve("step-000009"));
    }

    @Test
    void aNewerFormatIsNotPassedOver() throws IOException {
        Checkpoints.write(temporary, 1, state(1));
        var newer = Checkpoints.write(temporary, 2, state(2)).resolve("state.json");
        Files.writeString(newer, Files.readString(newer).replace("\"format_version\" : 1", "\"format_version\" : 2"));
        assertThat(Checkpoints.latest(temporary)).contains(temporary.resolve("step-000002"));
    }

    @Test
    void keepsTheLastWholeOnes() throws IOException {
        for (long step = 1; step <= 5; step++) {
            Checkpoints.write(temporary, step, state(step));
        }
        Files.delete(temporary.resolve("step-000004/state.json"));
        Checkpoints.keepLast(temporary, 2);
        assertThat(temporary.toFile().list()).containsExactlyInAnyOrder("step-000003", "step-000004", "step-000005");
        Checkpoints.keepLast(temporary, 7);
        assertThat(temporary.toFile().list()).hasSize(3);
        assertThatThrownBy(() -> Checkpoints.keepLast(temporary, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The save as a whole: every k-th write, fsync, rename or delete fails, or the power goes at it. */
    @Test
    void everyInterruptedSaveLeavesTheOldStateOrTheNewOne() {
        Checkpoints.write(temporary, 7, state(0));
        var rehearsal = FailingDisk.never();
        rehearsal.run(() -> Checkpoints.write(temporary, 7, state(0)));
        for (var fault : FailingDisk.Fault.values()) {
            for (int call = 1; call <= rehearsal.calls(); call++) {
                FailingDisk.never().run(() -> Checkpoints.write(temporary, 7, state(0)));
                long value = call;
                var disk = new FailingDisk(call, fault);
                assertThatThrownBy(() -> disk.run(() -> Checkpoints.write(temporary, 7, state(value))))
                        .isInstanceOf(UncheckedIOException.class).hasMessageContaining("injected");
                FailingDisk.never().run(() -> Checkpoints.recover(temporary));
                assertThat(temporary.toFile().list()).as("%s at %d", fault, call).containsExactly("step-000007");
                try (var arena = Arena.ofConfined()) {
                    var read = RunState.read(Checkpoints.latest(temporary).orElseThrow(), arena);
                    assertThat(read.requireLong("step")).isIn(0L, value);
                    assertThat(read.requireTensor("w").toFloats()).containsExactly(read.requireLong("step"));
                }
            }
        }
    }

    private static RunState state(long step) {
        return RunState.of("hash", Map.of("step", step), Map.of(), Map.of(), List.of(StoredTensor.of("w", new float[] {step}, 1)));
    }
}
