package org.drllava.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.drllava.checkpoint.LoraPair;
import org.drllava.checkpoint.PeftAdapter;
import org.drllava.checkpoint.PeftConfig;
import org.drllava.checkpoint.PeftFolder;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.checkpoint.TargetModules;
import org.drllava.common.InputException;
import org.drllava.tensor.Device;
import org.drllava.tensor.LeakCheck;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class AdapterFolderTest {
    private static final Path NANO = Path.of("test/resources/oracle/nano");
    private static final LoraAdapter.Settings SETTINGS = new LoraAdapter.Settings(3, 7.5);

    @TempDir
    Path folder;

    private TensorScope scope;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void whatIsWrittenIsReadBack() {
        ParameterArena arena = TinyModel.adapter(TinyModel.CONFIG, SETTINGS, 1);
        AdapterFolder.write(folder.resolve("adapter"), SETTINGS, arena);
        AdapterFolder.Loaded loaded = AdapterFolder.read(folder.resolve("adapter"), TinyModel.CONFIG);
        assertThat(loaded.settings()).isEqualTo(SETTINGS);
        assertThat(loaded.values().keySet()).containsExactlyElementsOf(arena.shapes().keySet());
        ParameterArena other = new ParameterArena(Device.CPU, LoraAdapter.shapes(TinyModel.CONFIG.text(), loaded.settings()));
        loaded.into(other);
        assertThat(other.values().toFloats()).isEqualTo(arena.values().toFloats());
    }

    @Test
    void anAdapterOfPefts() {
        LlavaConfig config = LlavaConfigFile.read(NANO.resolve("model"));
        AdapterFolder.Loaded loaded = AdapterFolder.read(NANO.resolve("adapter"), config);
        assertThat(loaded.settings()).isEqualTo(new LoraAdapter.Settings(4, 8));
        assertThat(loaded.values()).hasSize(2 * 7 * 2);
        assertThat(loaded.values().values()).allSatisfy(values -> assertThat(values).isNotEqualTo(new float[values.length]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.language_model.layers.", "language_model.model.layers.", "model.layers."})
    void everySpellingOfAModule(String prefix) {
        write(Map.of(prefix + "1.self_attn.q_proj", pair(24, 24)), _ -> {});
        AdapterFolder.Loaded loaded = AdapterFolder.read(folder, TinyModel.CONFIG);
        assertThat(loaded.values().get("model.language_model.layers.1.self_attn.q_proj.lora_A")).containsOnly(1);
        assertThat(loaded.values().get("model.language_model.layers.1.self_attn.q_proj.lora_B")).containsOnly(2);
    }

    @Test
    void modulesThatAnAdapterLeavesOutStayAsTheBaseHasThem() {
        write(Map.of("model.language_model.layers.1.self_attn.q_proj", pair(24, 24)), _ -> {});
        AdapterFolder.Loaded loaded = AdapterFolder.read(folder, TinyModel.CONFIG);
        assertThat(loaded.values()).hasSize(2 * 7 * 2);
        loaded.values().forEach((name, values) -> {
            if (!name.contains("layers.1.self_attn.q_proj")) {
                assertThat(values).as(name).containsOnly(0);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.language_model.layers.2.self_attn.q_proj", "model.vision_tower.encoder.layers.0.mlp.fc1", "model.language_model.layers.0.mlp.gate"})
    void aModuleThatTheModelLacksIsNamed(String module) {
        write(Map.of(module, pair(24, 24)), _ -> {});
        assertThatThrownBy(() -> AdapterFolder.read(folder, TinyModel.CONFIG)).isInstanceOf(InputException.class)
                .hasMessageContaining(folder.toString()).hasMessageContaining(module.substring(module.indexOf("layers")));
    }

    @Test
    void aShapeThatDoesNotFitIsNamedWithBoth() {
        write(Map.of("model.language_model.layers.0.mlp.up_proj", pair(24, 39)), _ -> {});
        assertThatThrownBy(() -> AdapterFolder.read(folder, TinyModel.CONFIG)).isInstanceOf(InputException.class)
                .hasMessageContaining("layers.0.mlp.up_proj.lora_B").hasMessageContaining("[39, 3]").hasMessageContaining("[40, 3]");
    }

    @Test
    void ranksThatDifferAreRefusedByModule() {
        write(Map.of("model.language_model.layers.0.self_attn.q_proj", pair(24, 24), "model.language_model.layers.0.self_attn.k_proj", pair(24, 24)),
                patterns -> patterns.put("k_proj", 5.0));
        assertThatThrownBy(() -> AdapterFolder.read(folder, TinyModel.CONFIG)).isInstanceOf(InputException.class)
                .hasMessageContaining("q_proj").hasMessageContaining("k_proj").hasMessageContaining("alpha");
    }

    private void write(Map<String, LoraPair> modules, Consumer<Map<String, Double>> alphas) {
        SortedMap<String, LoraPair> sorted = new TreeMap<>(modules);
        Map<String, Double> patterns = new TreeMap<>();
        alphas.accept(patterns);
        PeftConfig plain = PeftConfig.llava(3, 6, new TargetModules.Names(List.of("q_proj")));
        PeftConfig config = new PeftConfig(plain.r(), plain.alpha(), plain.targetModules(), plain.rankPattern(), patterns, 0, false,
                plain.baseModel(), plain.taskType(), plain.autoMapping());
        PeftFolder.write(folder, new PeftAdapter(config, sorted));
    }

    private static LoraPair pair(int in, int out) {
        float[] a = new float[3 * in];
        float[] b = new float[out * 3];
        Arrays.fill(a, 1);
        Arrays.fill(b, 2);
        return new LoraPair(StoredTensor.of("a", a, 3, in), StoredTensor.of("b", b, out, 3));
    }
}
