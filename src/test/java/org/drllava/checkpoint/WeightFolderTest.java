package org.drllava.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.drllava.common.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFolderTest {
    @TempDir
    Path folder;

    private Arena arena;

    @BeforeEach
    void openArena() {
        arena = Arena.ofConfined();
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    @Test
    void opensASingleFileEvenBesideAnIndex() throws IOException {
        shard("model.safetensors", "w", 1);
        index("{\"weight_map\":{\"v\":\"none.safetensors\"}}");
        assertThat(WeightFolder.open(folder, arena).require("w").toFloats()).containsExactly(1);
    }

    @Test
    void gathersShards() throws IOException {
        shard("model-00001-of-00002.safetensors", "a", 1);
        shard("model-00002-of-00002.safetensors", "b", 2);
        index("{\"metadata\":{\"total_size\":8},\"weight_map\":{\"b\":\"model-00002-of-00002.safetensors\",\"a\":\"model-00001-of-00002.safetensors\"}}");
        var weights = WeightFolder.open(folder, arena);
        assertThat(weights.tensors()).containsOnlyKeys("a", "b");
        assertThat(weights.require("b").toFloats()).containsExactly(2);
    }

    @Test
    void namesWhatIsMissingAndWhatIsUnknown() {
        shard("model.safetensors", "w", 1);
        var weights = WeightFolder.open(folder, arena);
        assertThatThrownBy(() -> weights.require("lm_head.weight"))
                .isInstanceOf(InputException.class).hasMessage(folder + ": a tensor is missing: 'lm_head.weight'");
        var many = IntStream.range(10, 22).mapToObj(i -> "t" + i).toList();
        assertThatThrownBy(() -> weights.requireAll(many))
                .hasMessageContaining("12 tensors are missing: 't10', 't11'").hasMessageEndingWith("'t19', …");
        weights.requireAll(List.of("w"));
        assertThat(weights.unknown(List.of("v"))).containsExactly("w");
        assertThat(weights.unknown(List.of("w", "v"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../model.safetensors", "/etc/model.safetensors", "sub/model.safetensors", "..\\\\model.safetensors", "model.bin"})
    void anIndexMustNotReachOutsideItsFolder(String file) throws IOException {
        index("{\"weight_map\":{\"w\":\"" + file + "\"}}");
        assertThatThrownBy(() -> WeightFolder.open(folder, arena)).isInstanceOf(InputException.class)
                .hasMessageContaining("model.safetensors.index.json: w is").hasMessageContaining("expected file names in this folder");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{} | weight_map is missing or empty",
        "{\"weight_map\":{}} | weight_map is missing or empty",
        "{\"weight_map\":[]} | weight_map is [], expected an object",
        "{\"weight_map\":{\"w\":7}} | w is 7, expected file names",
        "[] | expected a JSON object",
        "{\"weight_map\" | is not valid JSON",
        "{\"weight_map\":{\"w\":\"a.safetensors\",\"w\":\"a.safetensors\"}} | Duplicate",
        "{\"weight_map\":{\"w\":\"none.safetensors\"}} | none.safetensors: no such file",
        "{\"weight_map\":{\"v\":\"a.safetensors\"}} | tensor 'v' is not in a.safetensors, where the index says it is",
    })
    void anIndexMustBeRight(String json, String reason) throws IOException {
        shard("a.safetensors", "w", 1);
        index(json);
        assertThatThrownBy(() -> WeightFolder.open(folder, arena))
                .isInstanceOf(InputException.class).hasMessageContaining(reason);
    }

    @Test
    void saysHowToConvertPickledWeightsAndWhatIsExpected() throws IOException {
        assertThatThrownBy(() -> WeightFolder.open(folder, arena)).isInstanceOf(InputException.class)
                .hasMessageContaining("has no weights, expected model.safetensors or model.safetensors.index.json");
        Files.createFile(folder.resolve("pytorch_model.bin"));
        assertThatThrownBy(() -> WeightFolder.open(folder, arena)).isInstanceOf(InputException.class)
                .hasMessageContaining("pickled weights only").hasMessageContaining("save_pretrained");
        assertThatThrownBy(() -> WeightFolder.open(folder.resolve("none"), arena)).isInstanceOf(InputException.class)
                .hasMessageContaining("no such folder");
    }

    private void shard(String file, String tensor, float value) {
        SafetensorsWriter.write(folder.resolve(file), Map.of(), List.of(StoredTensor.of(tensor, new float[] {value}, 1)));
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }
}
