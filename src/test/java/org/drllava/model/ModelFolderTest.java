package org.drllava.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.drllava.checkpoint.SafetensorsWriter;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.checkpoint.WeightFolder;
import org.drllava.common.InputException;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.LeakCheck;
import org.drllava.tensor.Ops;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(LeakCheck.class)
class ModelFolderTest {
    private static final Path NANO = Path.of("test/resources/oracle/nano/model");
    private static final Map<String, float[]> WEIGHTS = TinyModel.weights(TinyModel.CONFIG, 1);

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();

    private enum Spelling {
        TRANSFORMERS_4_3(WeightNames::forTransformers),
        TRANSFORMERS_4_5(name -> name.startsWith("lm_head.") ? name
                : name.startsWith("vision_tower.") ? "model.vision_tower.vision_model." + name.substring(13) : "model." + name),
        ORIGINAL(name -> name.startsWith("language_model.") ? "model." + name.substring(15)
                : name.startsWith("vision_tower.") ? "model.vision_tower.vision_tower.vision_model." + name.substring(13)
                : name.replace("multi_modal_projector.linear_1", "model.mm_projector.0").replace("multi_modal_projector.linear_2", "model.mm_projector.2"));

        final UnaryOperator<String> of;

        Spelling(UnaryOperator<String> of) {
            this.of = of;
        }
    }

    @ParameterizedTest
    @EnumSource(Spelling.class)
    void everySpellingIsTheSameModel(Spelling spelling) {
        config(TinyModel.CONFIG);
        weights(stored(TinyModel.CONFIG, spelling.of));
        assertHolds(TinyModel.CONFIG, WEIGHTS);
        assertThat(warnings).isEmpty();
    }

    @Test
    void shardsAreOneModel() throws IOException {
        config(TinyModel.CONFIG);
        List<StoredTensor> all = stored(TinyModel.CONFIG, Spelling.TRANSFORMERS_4_5.of);
        ObjectNode index = JsonMapper.shared().createObjectNode();
        ObjectNode places = index.putObject("weight_map");
        for (int shard = 1; shard <= 3; shard++) {
            List<StoredTensor> part = all.subList((shard - 1) * all.size() / 3, shard * all.size() / 3);
            String file = "model-0000" + shard + "-of-00003.safetensors";
            part.forEach(tensor -> places.put(tensor.name(), file));
            SafetensorsWriter.write(folder.resolve(file), SafetensorsWriter.PYTORCH, part);
        }
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
        assertHolds(TinyModel.CONFIG, WEIGHTS);
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void filesOfAnyFloatingDtypeAreConverted(DType stored) {
        config(TinyModel.CONFIG);
        try (TensorScope scope = TensorScope.open()) {
            List<StoredTensor> tensors = new ArrayList<>();
            ModelShapes.of(TinyModel.CONFIG).forEach((name, shape) -> tensors.add(new StoredTensor(name, stored, shape,
                    MemorySegment.ofArray(bytes(WEIGHTS.get(name), shape, stored)))));
            weights(tensors);
        }
        for (DType wanted : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
            open(wanted, model -> {
                assertThat(model.model().dtype()).isEqualTo(wanted);
                assertThat(model.weight("lm_head.weight").dtype()).isEqualTo(wanted);
                assertThat(model.weight("lm_head.weight").toFloats()[5]).isCloseTo(WEIGHTS.get("lm_head.weight")[5],
                        within(4e-3f));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void tensorsMayLieAtAnyAddressInTheFile(int shift) throws IOException {
        config(TinyModel.CONFIG);
        weights(stored(TinyModel.CONFIG, UnaryOperator.identity()));
        shiftData(folder.resolve("model.safetensors"), shift);
        assertHolds(TinyModel.CONFIG, WEIGHTS);
    }

    /** Spaces at the end of a header are allowed; they move all data by as many bytes. */
    private static void shiftData(Path file, int bytes) throws IOException {
        byte[] old = Files.readAllBytes(file);
        int header = (int) ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN).getLong();
        ByteBuffer moved = ByteBuffer.allocate(old.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        moved.putLong(header + bytes).put(old, 8, header);
        for (int i = 0; i < bytes; i++) {
            moved.put((byte) ' ');
        }
        Files.write(file, moved.put(old, 8 + header, old.length - 8 - header).array());
    }

    @ParameterizedTest
    @EnumSource(Projector.class)
    void whatIsWrittenIsReadBack(Projector projector) {
        LlavaConfig config = TinyModel.CONFIG.withProjector(projector);
        Map<String, float[]> weights = TinyModel.weights(config, 2);
        float[] before;
        try (TensorScope scope = TensorScope.open()) {
            LlavaModel model = TinyModel.of(config, weights, DType.FLOAT32);
            ModelFolder.write(folder, config, name -> Tensors.of(Device.CPU, weights.get(name), ModelShapes.of(config).get(name)));
            before = TinyModel.images(model, new SplittableRandom(1), 2).toFloats();
        }
        open(DType.FLOAT32, read -> {
            assertThat(TinyModel.images(read.model(), new SplittableRandom(1), 2).toFloats()).isEqualTo(before);
            weights.forEach((name, values) -> assertThat(read.weight(name).toFloats()).as(name).isEqualTo(values));
        });
        assertThat(warnings).isEmpty();
        try (Arena arena = Arena.ofConfined()) {
            assertThat(WeightFolder.open(folder, arena).tensors()).as("what transformers looks for").containsKeys(
                    "language_model.model.embed_tokens.weight", "language_model.lm_head.weight", "multi_modal_projector.linear_2.weight",
                    "multi_modal_projector.linear_2.bias", "vision_tower.vision_model.post_layernorm.weight");
        }
    }

    @Test
    void theWeightsSayThatThereIsOneProjectionOnly() {
        config(TinyModel.CONFIG.withProjector(Projector.LINEAR));
        weights(stored(TinyModel.CONFIG.withProjector(Projector.LINEAR), UnaryOperator.identity()));
        open(DType.FLOAT32, model -> assertThat(model.config().projector()).isEqualTo(Projector.LINEAR));
        weights(stored(TinyModel.CONFIG, UnaryOperator.identity()));
        open(DType.FLOAT32, model -> assertThat(model.config().projector()).isEqualTo(Projector.TWO_LINEAR));
        assertThat(warnings).isEmpty();
    }

    @Test
    void tiedEmbeddingsNeedNoHead() {
        LlavaConfig tied = tied();
        config(tied);
        weights(stored(tied, Spelling.TRANSFORMERS_4_5.of));
        float[][] scores = new float[2][];
        open(DType.FLOAT32, model -> scores[0] = logits(model.model()));
        // The same as an untied model whose head is a copy of its embeddings.
        config(TinyModel.CONFIG);
        List<StoredTensor> copied = stored(tied, Spelling.TRANSFORMERS_4_5.of);
        copied.add(StoredTensor.of("lm_head.weight", WEIGHTS.get("language_model.embed_tokens.weight"), TinyModel.VOCABULARY, 24));
        weights(copied);
        open(DType.FLOAT32, model -> scores[1] = logits(model.model()));
        assertThat(scores[0]).isEqualTo(scores[1]);
        // A head beside tied embeddings is known and not read.
        config(tied);
        open(DType.FLOAT32, model -> assertThat(logits(model.model())).isEqualTo(scores[0]));
        assertThat(warnings).isEmpty();
    }

    @Test
    void aMissingTensorIsNamed() {
        config(TinyModel.CONFIG);
        List<StoredTensor> tensors = stored(TinyModel.CONFIG, UnaryOperator.identity());
        tensors.removeIf(t -> t.name().equals("language_model.layers.1.mlp.up_proj.weight") || t.name().equals("multi_modal_projector.linear_2.bias"));
        weights(tensors);
        assertThatThrownBy(() -> open(DType.FLOAT32, _ -> {})).isInstanceOf(InputException.class).hasMessageContaining(folder.toString())
                .hasMessageContaining("language_model.layers.1.mlp.up_proj.weight").hasMessageContaining("multi_modal_projector.linear_2.bias");
    }

    @Test
    void anUnknownTensorIsAWarningByName() {
        config(TinyModel.CONFIG);
        List<StoredTensor> tensors = stored(TinyModel.CONFIG, Spelling.TRANSFORMERS_4_3.of);
        tensors.add(StoredTensor.of("language_model.model.layers.2.mlp.up_proj.weight", new float[1], 1));
        tensors.add(StoredTensor.of("model.image_newline", new float[1], 1));
        tensors.add(StoredTensor.of("vision_tower.vision_model.encoder.layers.2.mlp.fc1.bias", new float[1], 1));
        tensors.add(StoredTensor.of("language_model.model.rotary_emb.inv_freq", new float[1], 1));
        weights(tensors);
        assertHolds(TinyModel.CONFIG, WEIGHTS);
        assertThat(warnings).hasSize(1);
        assertThat(warnings.getFirst()).contains("image_newline", "language_model.layers.2.mlp.up_proj.weight").doesNotContain("fc1", "inv_freq");
    }

    @Test
    void aWrongShapeIsNamedWithBothShapes() {
        config(TinyModel.CONFIG);
        List<StoredTensor> tensors = stored(TinyModel.CONFIG, UnaryOperator.identity());
        tensors.replaceAll(t -> t.name().equals("lm_head.weight") ? StoredTensor.of(t.name(), new float[24 * 40], 40, 24) : t);
        weights(tensors);
        assertThatThrownBy(() -> open(DType.FLOAT32, _ -> {})).isInstanceOf(InputException.class)
                .hasMessageContaining("lm_head.weight").hasMessageContaining("[40, 24]").hasMessageContaining("[43, 24]");
    }

    @Test
    void aFolderOfPythonsIsReadInEveryPart() {
        try (TensorScope scope = TensorScope.open();
                ModelFolder nano = ModelFolder.open(NANO, Device.CPU, DType.FLOAT32, warnings::add)) {
            assertThat(nano.config().text().layers()).isEqualTo(2);
            assertThat(nano.weight("lm_head.weight").shape()).containsExactly(512, 64);
            assertThatThrownBy(() -> nano.weight("nothing")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nothing");
        }
        assertThat(warnings).isEmpty();
    }

    // Pieces -----------------------------------------------------------------------------------------------------------

    private static LlavaConfig tied() {
        LlavaConfig c = TinyModel.CONFIG;
        Text t = c.text();
        return new LlavaConfig(c.vision(), c.projector(), new Text(t.hiddenSize(), t.intermediateSize(), t.layers(), t.heads(), t.kvHeads(),
                t.headSize(), t.vocabularySize(), t.rmsNormEps(), t.ropeTheta(), true, t.maxPositions()), c.imageTokenId(),
                c.visionFeatureLayer(), c.dropClassToken());
    }

    private static float[] logits(LlavaModel model) {
        try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            return model.logits(model.hidden(TokenBatch.of(List.of(new int[] {1, 5, 9, 30})), null, null)).toFloats();
        }
    }

    private void config(LlavaConfig config) {
        try {
            Files.writeString(folder.resolve("config.json"), LlavaConfigFile.write(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<StoredTensor> stored(LlavaConfig config, UnaryOperator<String> spelling) {
        List<StoredTensor> tensors = new ArrayList<>();
        ModelShapes.of(config).forEach((name, shape) -> tensors.add(StoredTensor.of(spelling.apply(name), WEIGHTS.get(name), shape)));
        return tensors;
    }

    private void weights(List<StoredTensor> tensors) {
        SafetensorsWriter.write(folder.resolve("model.safetensors"), SafetensorsWriter.PYTORCH, tensors);
    }

    private static byte[] bytes(float[] values, long[] shape, DType dtype) {
        return Ops.to(Tensors.of(Device.CPU, values, shape), dtype).segment().toArray(ValueLayout.JAVA_BYTE);
    }

    private interface Use {
        void of(ModelFolder model);
    }

    private void open(DType dtype, Use use) {
        // The scope goes first: tensors may be the mapped file itself.
        TensorScope scope = TensorScope.open();
        try (scope) {
            ModelFolder model = ModelFolder.open(folder, Device.CPU, dtype, warnings::add);
            use.of(model);
            scope.close();
            model.close();
        }
    }

    private void assertHolds(LlavaConfig config, Map<String, float[]> weights) {
        open(DType.FLOAT32, model -> {
            Map<String, float[]> read = new LinkedHashMap<>();
            ModelShapes.of(config).forEach((name, shape) -> {
                assertThat(model.weight(name).shape()).isEqualTo(shape);
                read.put(name, model.weight(name).toFloats());
            });
            read.forEach((name, values) -> assertThat(values).as(name).isEqualTo(weights.get(name)));
            float[] expected;
            try (TensorScope scope = TensorScope.open()) {
                expected = logits(TinyModel.of(config, weights, DType.FLOAT32));
            }
            assertThat(logits(model.model())).isEqualTo(expected);
        });
    }
}
