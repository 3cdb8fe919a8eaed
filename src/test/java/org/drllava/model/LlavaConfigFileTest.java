package org.drllava.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.common.InputException;
import org.drllava.model.LlavaConfig.Activation;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.model.LlavaConfig.Vision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LlavaConfigFileTest {
    private static final String TEXT = """
            "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 512,
            "max_position_embeddings": 4096, "rms_norm_eps": 1e-05""";
    private static final String VISION = """
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4, "image_size": 28, "patch_size": 14""";

    @TempDir
    Path folder;

    @Test
    void transformers4() {
        LlavaConfig config = read("""
                {"model_type": "llava", "image_token_index": 500, "vision_feature_layer": -2, "vision_feature_select_strategy": "default",
                 "projector_hidden_act": "gelu", "text_config": {%s, "rope_theta": 5000.0, "rope_scaling": null, "head_dim": null},
                 "vision_config": {%s, "hidden_act": "quick_gelu"}}""".formatted(TEXT, VISION));
        assertThat(config).isEqualTo(new LlavaConfig(new Vision(32, 64, 3, 4, 28, 14, 1e-5, Activation.QUICK_GELU), Projector.MLP,
                new Text(64, 128, 2, 4, 4, 16, 512, 1e-5, 5000, false, 4096), 500, -2, true));
        assertThat(config.imageFeatures()).isEqualTo(4);
        assertThat(config.visionLayersNeeded()).isEqualTo(2);
    }

    @Test
    void transformers5() {
        LlavaConfig config = read("""
                {"model_type": "llava", "image_token_id": 500, "vision_feature_layer": -1, "vision_feature_select_strategy": "full",
                 "text_config": {%s, "num_key_value_heads": 2, "head_dim": 8, "tie_word_embeddings": true,
                   "rope_parameters": {"rope_theta": 7000.0, "rope_type": "default"}},
                 "vision_config": {%s, "hidden_act": "gelu"}}""".formatted(TEXT, VISION));
        assertThat(config.text()).isEqualTo(new Text(64, 128, 2, 4, 2, 8, 512, 1e-5, 7000, true, 4096));
        assertThat(config.vision().activation()).isEqualTo(Activation.GELU);
        assertThat(config.imageTokenId()).isEqualTo(500);
        assertThat(config.imageFeatures()).isEqualTo(5);
        assertThat(config.visionLayersNeeded()).isEqualTo(3);
    }

    /** llava-1.5-7b's own file leaves out what is LLaMA's default. */
    @Test
    void defaultsAreThoseOfTransformers() {
        LlavaConfig config = read("""
                {"model_type": "llava", "image_token_index": 32000, "vision_feature_layer": -2, "text_config": {"model_type": "llama",
                 "max_position_embeddings": 4096, "rms_norm_eps": 1e-05, "vocab_size": 32064}, "vision_config": {"hidden_size": 1024,
                 "image_size": 336, "intermediate_size": 4096, "num_attention_heads": 16, "num_hidden_layers": 24, "patch_size": 14}}""");
        assertThat(config.text()).isEqualTo(new Text(4096, 11008, 32, 32, 32, 128, 32064, 1e-5, 10000, false, 4096));
        assertThat(config.imageFeatures()).isEqualTo(576);
    }

    @ParameterizedTest
    @CsvSource({"llava_llama, ', \"mm_projector_type\": \"mlp2x_gelu\"', MLP", "llava_llama, ', \"mm_projector_type\": \"linear\"', LINEAR",
        "llava, '', LINEAR"})
    void theOriginalRepositorysFileAndLlavaRlhfs(String type, String projectorType, Projector projector) {
        LlavaConfig config = read("""
                {"model_type": "%s", "mm_vision_tower": "openai/clip-vit-large-patch14", "mm_vision_select_layer": -2%s, "hidden_size": 4096,
                 "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 32000, "rms_norm_eps": 1e-05,
                 "max_position_embeddings": 2048}""".formatted(type, projectorType));
        assertThat(config.projector()).isEqualTo(projector);
        assertThat(config.vision()).isEqualTo(new Vision(1024, 4096, 24, 16, 224, 14, 1e-5, Activation.QUICK_GELU));
        assertThat(config.imageFeatures()).isEqualTo(256);
        assertThat(config.imageTokenId()).as("outside the vocabulary").isEqualTo(32000);
    }

    @ParameterizedTest
    @EnumSource(Projector.class)
    void whatIsWrittenIsReadBack(Projector projector) {
        LlavaConfig config = new LlavaConfig(new Vision(12, 20, 3, 2, 8, 4, 1e-6, Activation.GELU_TANH), projector,
                new Text(24, 40, 2, 4, 2, 10, 43, 1e-6, 123_456, true, 99), 42, -1, false);
        // One linear layer cannot be said in config.json: the weights say it.
        assertThat(read(LlavaConfigFile.write(config)))
                .isEqualTo(projector == Projector.LINEAR ? config.withProjector(Projector.TWO_LINEAR) : config);
    }

    /** What is read of the tower is written, what is not is not announced; the features stay the same. */
    @ParameterizedTest
    @CsvSource({"-1, 3, -1", "-2, 2, -1", "3, 3, -1", "1, 1, -1", "0, 1, -2"})
    void layersOfTheTowerThatNobodyReadsAreNotAnnounced(int layer, int layersWritten, int layerWritten) {
        LlavaConfig config = new LlavaConfig(TinyModel.CONFIG.vision(), Projector.MLP, TinyModel.CONFIG.text(), 42, layer, true);
        LlavaConfig written = read(LlavaConfigFile.write(config));
        assertThat(written.vision().layers()).isEqualTo(layersWritten);
        assertThat(written.visionFeatureLayer()).isEqualTo(layerWritten);
        assertThat(ModelShapes.of(written).keySet()).isEqualTo(ModelShapes.of(config).keySet());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"model_type\": \"llava\" | \"model_type\": \"llava_next\" | model_type is 'llava_next'",
        "\"image_token_index\": 500 | \"image_token_index\": 512 | image_token_index 512",
        "\"image_token_index\": 500 | \"other\": 1 | image_token_index",
        "\"vision_feature_layer\": -2 | \"vision_feature_layer\": -5 | vision_feature_layer -5",
        "\"vision_feature_layer\": -2 | \"vision_feature_layer\": [-2, -1] | vision_feature_layer is a list",
        "\"projector_hidden_act\": \"gelu\" | \"projector_hidden_act\": \"relu\" | projector_hidden_act 'relu'",
        "\"num_attention_heads\": 4, \"vocab | \"num_attention_heads\": 0, \"vocab | text_config sizes",
        "\"vocab_size\": 512 | \"vocab_size\": 2000000000 | 2000000000",
        "\"max_position_embeddings\": 4096 | \"max_position_embeddings\": -1 | one is -1",
        "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2, \"num_key_value_heads\": 3 | num_key_value_heads 3 does not divide",
        "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2, \"head_dim\": 15 | head_dim 15 is odd",
        "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2, \"attention_bias\": true | attention_bias",
        "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2, \"hidden_act\": \"gelu\" | hidden_act 'gelu' of the language model",
        "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2} | 'linear'",
        "\"image_size\": 28 | \"image_size\": 27 | patch_size must divide image_size",
        "\"image_size\": 28 | \"image_size\": 28, \"hidden_act\": \"tanh\" | hidden_act 'tanh' of the vision tower"})
    void whatCannotBeComputedIsRefusedByName(String part, String wrong, String message) {
        String good = """
                {"model_type": "llava", "image_token_index": 500, "vision_feature_layer": -2, "projector_hidden_act": "gelu",
                 "text_config": {%s}, "vision_config": {%s}}""".formatted(TEXT, VISION);
        assertThat(read(good)).isNotNull();
        assertThat(good).contains(part);
        assertThatThrownBy(() -> read(good.replace(part, wrong))).isInstanceOf(InputException.class)
                .hasMessageContaining(folder.resolve("config.json").toString()).hasMessageContaining(message);
    }

    @Test
    void aTowerThatIsNotKnownIsNamed() {
        assertThatThrownBy(() -> read("{\"model_type\": \"llava_llama\", \"mm_vision_tower\": \"some/vit\"}"))
                .isInstanceOf(InputException.class).hasMessageContaining("'some/vit'").hasMessageContaining("openai/clip-vit-large-patch14");
    }

    @Test
    void aMissingOrBrokenFileIsNamed() {
        assertThatThrownBy(() -> LlavaConfigFile.read(folder)).isInstanceOf(InputException.class).hasMessageContaining("config.json is missing");
        assertThatThrownBy(() -> read("{\"model_type\": ")).isInstanceOf(InputException.class).hasMessageContaining("is not JSON");
        assertThatThrownBy(() -> read("[]")).isInstanceOf(InputException.class).hasMessageContaining("model_type");
    }

    private LlavaConfig read(String json) {
        try {
            Files.writeString(folder.resolve("config.json"), json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return LlavaConfigFile.read(folder);
    }
}
