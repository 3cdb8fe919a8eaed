package org.drllava.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.drllava.common.AtomicFile;
import org.drllava.common.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class PeftFolderTest {
    @TempDir
    Path temporary;

    private final List<String> warnings = new ArrayList<>();
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
    void readsWhatPeftWrote() {
        var adapter = PeftFolder.read(Fixtures.resource("adapter"), arena, warnings::add);
        assertThat(warnings).isEmpty();
        var config = adapter.config();
        assertThat(config.r()).isEqualTo(2);
        assertThat(config.alpha()).isEqualTo(4);
        assertThat(config.dropout()).isEqualTo(0.05);
        assertThat(config.useRslora()).isTrue();
        assertThat(config.targetModules()).isEqualTo(new TargetModules.Names(List.of("q_proj", "v_proj")));
        assertThat(config.baseModel()).isEmpty();
        assertThat(adapter.modules()).containsOnlyKeys("layers.0.q_proj", "layers.0.v_proj", "layers.1.q_proj", "layers.1.v_proj");
        var pair = adapter.modules().get("layers.1.v_proj");
        assertThat(pair.a().shape()).containsExactly(1, 4);
        assertThat(pair.b().shape()).containsExactly(3, 1);
        assertThat(config.rankOf("layers.1.v_proj")).isEqualTo(1);
        assertThat(config.scaling("layers.1.v_proj")).isEqualTo(3);
        assertThat(config.scaling("layers.0.v_proj")).isCloseTo(4 / Math.sqrt(2), within(1e-15));
    }

    @Test
    void whatItWritesReadsBackTheSame() {
        var original = PeftFolder.read(Fixtures.resource("adapter"), arena);
        var folder = temporary.resolve("adapter");
        PeftFolder.write(folder, original);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors");
        var copy = PeftFolder.read(folder, arena, warnings::add);
        assertThat(warnings).isEmpty();
        assertThat(copy.config()).isEqualTo(original.config());
        assertThat(copy.modules()).containsOnlyKeys(original.modules().keySet());
        copy.modules().forEach((module, pair) -> {
            assertThat(pair.a().data().mismatch(original.modules().get(module).a().data())).isEqualTo(-1);
            assertThat(pair.b().data().mismatch(original.modules().get(module).b().data())).isEqualTo(-1);
        });
        assertThat(SafetensorsFile.open(folder.resolve(PeftFolder.WEIGHTS), arena).metadata()).isEqualTo(Map.of("format", "pt"));
        assertThat(SafetensorsFile.open(folder.resolve(PeftFolder.WEIGHTS), arena).names())
                .contains("base_model.model.layers.0.q_proj.lora_A.weight");
    }

    @Test
    void everyFieldOfAConfigurationSurvives() throws IOException {
        var patterns = new LinkedHashMap<String, Integer>();
        patterns.put("zeta", 3);
        patterns.put("alpha", 5);
        for (var targets : List.of(new TargetModules.Regex(".*\\.(q|v)_proj"), new TargetModules.Names(List.of("b", "a")))) {
            var config = new PeftConfig(64, 16.5, targets, patterns, Map.of("x.y", 0.25), 0.1, true,
                    Optional.of("llava/base"), Optional.of("CAUSAL_LM"), Map.of("base_model_class", "C"));
            var file = Files.writeString(temporary.resolve("c.json"), config.toJson());
            var read = PeftConfig.read(file, warnings::add);
            assertThat(read).isEqualTo(config);
            assertThat(read.rankPattern().keySet()).as("order decides which pattern counts").containsExactly("zeta", "alpha");
            assertThat(warnings).isEmpty();
        }
        assertThat(PeftConfig.llava(4, 8, new TargetModules.Regex("x")).toJson())
                .contains("\"lora_alpha\" : 8,", "\"peft_type\" : \"LORA\"", "LlavaForConditionalGeneration");
    }

    @Test
    void theFirstPatternThatMatchesTheEndOfAModulePathCounts() {
        var config = new PeftConfig(8, 16, new TargetModules.Regex(".*"),
                new LinkedHashMap<>(Map.of("layers\\.[01]\\.q_proj", 2)), Map.of("q_proj", 1.0), 0, false,
                Optional.empty(), Optional.empty(), Map.of());
        assertThat(config.rankOf("model.layers.1.q_proj")).isEqualTo(2);
        assertThat(config.rankOf("layers.1.q_proj")).isEqualTo(2);
        assertThat(config.rankOf("model.layers.2.q_proj")).isEqualTo(8);
        assertThat(config.rankOf("model.xlayers.1.q_proj")).isEqualTo(8);
        assertThat(config.rankOf("model.layers.1.q_proj.more")).isEqualTo(8);
        assertThat(config.scaling("model.layers.1.q_proj")).isEqualTo(0.5);
        assertThat(config.scaling("model.layers.1.k_proj")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "use_dora | true | use_dora is set, which is not supported",
        "modules_to_save | [\"lm_head\"] | modules_to_save is set",
        "trainable_token_indices | [1] | trainable_token_indices is set",
        "layer_replication | [[0,4]] | layer_replication is set",
        "fan_in_fan_out | true | fan_in_fan_out is set",
        "bias | \"all\" | bias is \"all\", expected \"none\"",
        "init_lora_weights | \"pissa_niter_4\" | init_lora_weights is \"pissa_niter_4\"",
        "peft_type | \"LOHA\" | peft_type is \"LOHA\", expected \"LORA\"",
        "peft_type | null | peft_type is null",
        "r | 0 | r is 0, expected a positive rank",
        "r | 2.5 | r is 2.5, expected a whole number",
        "r | \"2\" | r is \"2\"",
        "r | 99999999999 | r is 99999999999",
        "lora_alpha | -1 | lora_alpha is -1.0, expected a positive number",
        "lora_alpha | 1e999 | lora_alpha is",
        "lora_dropout | 1 | lora_dropout is 1.0",
        "lora_dropout | [] | lora_dropout is [], expected a number",
        "use_rslora | 1 | use_rslora is 1, expected true or false",
        "target_modules | null | target_modules is null",
        "target_modules | [7] | target_modules holds 7",
        "rank_pattern | {\"a\":0} | rank_pattern has 0",
        "rank_pattern | {\"a\":\"1\"} | a is \"1\", expected whole numbers in rank_pattern",
        "rank_pattern | {\"(\":1} | rank_pattern: '(' is no regular expression",
        "alpha_pattern | [] | alpha_pattern is [], expected an object of numbers",
        "task_type | 1 | task_type is 1, expected a string",
        "rank_pattern | {} | module 'layers.1.v_proj' has rank 1, but the configuration says 2",
    })
    void refusesConfigurationsByKey(String key, String value, String reason) throws IOException {
        var folder = Fixtures.copy(Fixtures.resource("adapter"), temporary.resolve("a"));
        change(folder, key, value);
        assertThatThrownBy(() -> PeftFolder.read(folder, arena, warnings::add))
                .isInstanceOf(InputException.class).hasMessageContaining(folder.toString()).hasMessageContaining(reason);
    }

    @Test
    void toleratesUnknownKeysAndSaysSoWhenTheyAreSet() throws IOException {
        var folder = Fixtures.copy(Fixtures.resource("adapter"), temporary.resolve("a"));
        change(folder, "use_novelty", "{\"strength\":2}");
        change(folder, "use_other_novelty", "null");
        PeftFolder.read(folder, arena, warnings::add);
        assertThat(warnings).singleElement().asString().contains("adapter_config.json: 'use_novelty' is not known");
    }

    @Test
    void modulesExcludedInPythonAreNotTargetsWhenWrittenAgain() throws IOException {
        var folder = Fixtures.copy(Fixtures.resource("adapter"), temporary.resolve("a"));
        change(folder, "exclude_modules", "\"vision.*\"");
        var adapter = PeftFolder.read(folder, arena, warnings::add);
        assertThat(adapter.config().targetModules()).isEqualTo(new TargetModules.Names(adapter.modules().keySet()));
        assertThat(warnings).isEmpty();
    }

    @Test
    void readsTheSpellingWithTheAdaptersName() {
        var folder = withTensors(Map.of("base_model.model.m.lora_A.default.weight", new long[] {2, 3},
                "base_model.model.m.lora_B.default.weight", new long[] {5, 2}));
        assertThat(PeftFolder.read(folder, arena, warnings::add).modules()).containsOnlyKeys("m");
    }

    @Test
    void refusesWeightsByName() {
        var a = "base_model.model.m.lora_A.weight";
        var b = "base_model.model.m.lora_B.weight";
        assertRefused(Map.of(), "has no LoRA weights");
        assertRefused(Map.of(a, new long[] {2, 3}), "module 'm' has lora_A but no lora_B");
        assertRefused(Map.of(b, new long[] {5, 2}), "module 'm' has lora_B but no lora_A");
        assertRefused(Map.of(a, new long[] {2, 3}, b, new long[] {5, 3}),
                "module 'm': lora_A is [2, 3] and lora_B is [5, 3], expected [r, in] and [out, r]");
        assertRefused(Map.of(a, new long[] {2, 3, 1}, b, new long[] {5, 2}), "expected [r, in] and [out, r]");
        assertRefused(Map.of(a, new long[] {3, 3}, b, new long[] {5, 3}), "module 'm' has rank 3, but the configuration says 2");
        assertRefused(Map.of(a, new long[] {2, 3}, b, new long[] {5, 2}, "base_model.model.m.lora_A.default.weight", new long[] {2, 3}),
                "lora_A of module 'm' is there twice");
        assertRefused(Map.of("base_model.model.m.lora_embedding_A", new long[] {2, 3}), "is a kind of LoRA weight that is not supported");
        assertRefused(Map.of("m.lora_A.weight", new long[] {2, 3}), "expected base_model.model.MODULE");
        var longs = temporary.resolve("longs");
        write(longs, List.of(StoredTensor.of(a, new long[6], 2, 3), StoredTensor.of(b, new float[10], 5, 2)));
        assertThatThrownBy(() -> PeftFolder.read(longs, arena)).isInstanceOf(InputException.class).hasMessageContaining("module 'm': a LoRA factor is I64");
    }

    @Test
    void warnsOfTensorsThatAreNoAdapterWeights() {
        var folder = withTensors(Map.of("base_model.model.m.lora_A.weight", new long[] {2, 3},
                "base_model.model.m.lora_B.weight", new long[] {5, 2}, "base_model.model.lm_head.weight", new long[] {1}));
        PeftFolder.read(folder, arena, warnings::add);
        assertThat(warnings).singleElement().asString().contains("'base_model.model.lm_head.weight' is no LoRA weight");
    }

    @Test
    void namesTheFileThatIsMissing() throws IOException {
        assertThatThrownBy(() -> PeftFolder.read(temporary, arena))
                .isInstanceOf(InputException.class).hasMessageContaining("has no adapter_config.json");
        Files.copy(Fixtures.resource("adapter").resolve(PeftFolder.CONFIG), temporary.resolve(PeftFolder.CONFIG));
        assertThatThrownBy(() -> PeftFolder.read(temporary, arena))
                .isInstanceOf(InputException.class).hasMessageContaining("adapter_model.safetensors: no such file");
        Files.createFile(temporary.resolve("adapter_model.bin"));
        assertThatThrownBy(() -> PeftFolder.read(temporary, arena))
                .isInstanceOf(InputException.class).hasMessageContaining("pickled weights only");
    }

    private void assertRefused(Map<String, long[]> shapes, String reason) {
        var folder = withTensors(shapes);
        assertThatThrownBy(() -> PeftFolder.read(folder, arena, warnings::add)).isInstanceOf(InputException.class)
                .hasMessageContaining("adapter_model.safetensors: ").hasMessageContaining(reason);
    }

    private Path withTensors(Map<String, long[]> shapes) {
        var folder = temporary.resolve("tensors");
        write(folder, new TreeMap<>(shapes).entrySet().stream().map(entry -> StoredTensor.of(
                entry.getKey(), new float[(int) StoredTensor.elements(entry.getValue())], entry.getValue())).toList());
        return folder;
    }

    private static void write(Path folder, List<StoredTensor> tensors) {
        AtomicFile.write(folder.resolve(PeftFolder.CONFIG), PeftConfig.llava(2, 4, new TargetModules.Regex("m")).toJson());
        SafetensorsWriter.write(folder.resolve(PeftFolder.WEIGHTS), Map.of(), tensors);
    }

    private static void change(Path folder, String key, String value) throws IOException {
        var file = folder.resolve(PeftFolder.CONFIG);
        var root = (ObjectNode) JsonFiles.read(file);
        root.set(key, JsonFiles.MAPPER.readTree(value));
        Files.writeString(file, root.toString());
    }
}
