package org.drllava.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.drllava.common.FailingDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    @TempDir
    Path folder;

    @Test
    void whatPythonWroteComesBackAfterWritingItAgain() throws IOException {
        var file = folder.resolve("again.safetensors");
        try (var arena = Arena.ofConfined()) {
            var original = SafetensorsFile.open(Fixtures.resource("every-dtype.safetensors"), arena);
            var tensors = new ArrayList<>(original.tensors().values());
            SafetensorsWriter.write(file, original.metadata(), tensors);
            var copy = SafetensorsFile.open(file, arena);
            assertThat(copy.metadata()).isEqualTo(original.metadata());
            assertThat(copy.names()).isEqualTo(original.names());
            for (var tensor : tensors) {
                var other = copy.require(tensor.name());
                assertThat(other.dtype()).isEqualTo(tensor.dtype());
                assertThat(other.shape()).isEqualTo(tensor.shape());
                assertThat(other.data().mismatch(tensor.data())).isEqualTo(-1);
                assertThat(other.aligned()).isTrue();
            }

            var bytes = Files.readAllBytes(file);
            Collections.shuffle(tensors, new Random(1));
            SafetensorsWriter.write(file, original.metadata(), tensors);
            assertThat(Files.readAllBytes(file)).as("order of the arguments").isEqualTo(bytes);
        }
    }

    @Test
    void tensorsLargerThanAChunkAndNamesThatNeedEscapesSurvive() {
        var values = new float[300_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        var file = folder.resolve("deep/er/large.safetensors");
        SafetensorsWriter.write(file, Map.of(), List.of(
                StoredTensor.of("quote \" slash \\ ünï 😀 \n", values, 300_001), StoredTensor.of("", new long[] {3})));
        try (var arena = Arena.ofConfined()) {
            var read = SafetensorsFile.open(file, arena);
            assertThat(read.require("quote \" slash \\ ünï 😀 \n").toFloats()).isEqualTo(values);
            assertThat(read.require("").toLongs()).containsExactly(3);
            assertThat(read.metadata()).isEmpty();
        }
    }

    @Test
    void aFileCanBeReplacedByTensorsMappedFromIt() {
        var file = folder.resolve("self.safetensors");
        SafetensorsWriter.write(file, Map.of(), List.of(StoredTensor.of("w", new float[] {1, 2, 3}, 3)));
        try (var arena = Arena.ofConfined()) {
            var old = SafetensorsFile.open(file, arena).require("w");
            SafetensorsWriter.write(file, Map.of(), List.of(old.withName("v")));
            assertThat(old.toFloats()).containsExactly(1, 2, 3);
            assertThat(SafetensorsFile.open(file, arena).require("v").toFloats()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void namesMustBeFreeToUse() {
        var one = StoredTensor.of("w", new float[1], 1);
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x"), Map.of(), List.of(one, one)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'w'");
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x"), Map.of(), List.of(one.withName("__metadata__"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void everyFailingDiskCallLeavesTheOldFileOrTheNewOneAndNothingElse() {
        var file = folder.resolve("w.safetensors");
        var rehearsal = FailingDisk.never();
        rehearsal.run(() -> SafetensorsWriter.write(file, Map.of(), List.of(StoredTensor.of("w", new float[] {0}, 1))));
        assertThat(rehearsal.calls()).as("create, write twice, sync, rename, sync").isEqualTo(6);
        for (int call = 1; call <= rehearsal.calls(); call++) {
            float value = call;
            var disk = new FailingDisk(call, FailingDisk.Fault.ONE_CALL);
            assertThatThrownBy(() -> disk.run(() -> SafetensorsWriter.write(
                    file, Map.of(), List.of(StoredTensor.of("w", new float[] {value}, 1)))))
                    .isInstanceOf(UncheckedIOException.class).hasMessageContaining("w.safetensors: cannot be written: ");
            try (var arena = Arena.ofConfined()) {
                // Only the last call comes after the rename.
                assertThat(SafetensorsFile.open(file, arena).require("w").toFloats())
                        .containsExactly(call == rehearsal.calls() ? value : 0);
            }
            assertThat(folder.toFile().list()).containsExactly("w.safetensors");
        }
    }
}
