package org.drllava.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.drllava.common.InputException;
import org.drllava.model.LlavaConfig.Activation;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.model.LlavaConfig.Vision;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code config.json} of a LLaVA model: as transformers 4 and 5 write it ({@code model_type: llava}), and as the original
 * LLaVA repository does ({@code llava_llama}: LLaMA's keys at the top, {@code mm_*} keys beside them).
 */
final class LlavaConfigFile {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** What config.json of the original repository leaves to the tower's name. */
    private static final Map<String, Vision> TOWERS = Map.of(
            "openai/clip-vit-large-patch14", clipLarge(224),
            "openai/clip-vit-large-patch14-336", clipLarge(336));

    private final Path file;

    private LlavaConfigFile(Path file) {
        this.file = file;
    }

    static LlavaConfig read(Path modelFolder) {
        Path file = modelFolder.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new InputException(file + " is missing: a model is a Hugging Face folder with config.json, weights and tokenizer.json");
        }
        try {
            return new LlavaConfigFile(file).read(JSON.readTree(file));
        } catch (JacksonException e) {
            throw new InputException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private LlavaConfig read(JsonNode root) {
        String type = root.path("model_type").asString("");
        return switch (type) {
            // The original repository's type was llava too until transformers took the name; LLaVA-RLHF's files have it.
            case "llava" -> root.has("mm_vision_tower") ? readOriginal(root) : readTransformers(root);
            case "llava_llama" -> readOriginal(root);
            default -> throw new InputException(file + ": model_type is '" + type + "' where llava or llava_llama was expected");
        };
    }

    private LlavaConfig readTransformers(JsonNode root) {
        Text text = text(root.path("text_config"));
        int imageToken = root.path("image_token_index").asInt(root.path("image_token_id").asInt(-1));
        if (imageToken < 0 || imageToken >= text.vocabularySize()) {
            throw new InputException(file + ": image_token_index " + imageToken + " is not a token below vocab_size " + text.vocabularySize());
        }
        JsonNode layer = root.path("vision_feature_layer");
        if (layer.isArray()) {
            throw new InputException(file + ": vision_feature_layer is a list; features joined from several layers are not supported");
        }
        String strategy = root.path("vision_feature_select_strategy").asString("default");
        String activation = root.path("projector_hidden_act").asString("gelu");
        Projector projector = switch (activation) {
            case "gelu" -> Projector.MLP;
            case "linear" -> Projector.TWO_LINEAR;
            default -> throw new InputException(file + ": projector_hidden_act '" + activation + "' is not gelu or linear");
        };
        return check(new LlavaConfig(vision(root.path("vision_config")), projector, text, imageToken, layer.asInt(-2),
                strategy.equals("default")));
    }

    private LlavaConfig readOriginal(JsonNode root) {
        Text text = text(root);
        String tower = root.path("mm_vision_tower").asString("");
        Vision vision = TOWERS.get(tower);
        if (vision == null) {
            throw new InputException(file + ": mm_vision_tower '" + tower + "' is not one of " + TOWERS.keySet());
        }
        String projectorType = root.path("mm_projector_type").asString("linear");
        Projector projector = switch (projectorType) {
            case "linear" -> Projector.LINEAR;
            case "mlp2x_gelu" -> Projector.MLP;
            default -> throw new InputException(file + ": mm_projector_type '" + projectorType + "' is not linear or mlp2x_gelu");
        };
        // The original keeps no image token in the vocabulary; the first id after it stands for a feature and is never embedded.
        return check(new LlavaConfig(vision, projector, text, text.vocabularySize(), root.path("mm_vision_select_layer").asInt(-2),
                root.path("mm_vision_select_feature").asString("patch").equals("patch")));
    }

    private Text text(JsonNode node) {
        int hidden = node.path("hidden_size").asInt(4096);
        int heads = node.path("num_attention_heads").asInt(32);
        String activation = node.path("hidden_act").asString("silu");
        if (!activation.equals("silu")) {
            throw new InputException(file + ": hidden_act '" + activation + "' of the language model is not silu");
        }
        for (String bias : new String[] {"attention_bias", "mlp_bias"}) {
            if (node.path(bias).asBoolean(false)) {
                throw new InputException(file + ": " + bias + " is true; linear layers with a bias are not supported in the language model");
            }
        }
        JsonNode rope = node.has("rope_parameters") ? node.path("rope_parameters") : node.path("rope_scaling");
        String ropeType = rope.path("rope_type").asString(rope.path("type").asString("default"));
        if (!ropeType.equals("default")) {
            throw new InputException(file + ": rotary positions of type '" + ropeType + "' are not supported, only default");
        }
        return new Text(hidden, node.path("intermediate_size").asInt(11008), node.path("num_hidden_layers").asInt(32), heads,
                node.path("num_key_value_heads").asInt(heads), node.path("head_dim").asInt(heads == 0 ? 0 : hidden / heads),
                node.path("vocab_size").asInt(32000), node.path("rms_norm_eps").asDouble(1e-6),
                rope.path("rope_theta").asDouble(node.path("rope_theta").asDouble(10000)),
                node.path("tie_word_embeddings").asBoolean(false), node.path("max_position_embeddings").asInt(2048));
    }

    private Vision vision(JsonNode node) {
        String activation = node.path("hidden_act").asString("quick_gelu");
        return new Vision(node.path("hidden_size").asInt(768), node.path("intermediate_size").asInt(3072),
                node.path("num_hidden_layers").asInt(12), node.path("num_attention_heads").asInt(12),
                node.path("image_size").asInt(224), node.path("patch_size").asInt(32), node.path("layer_norm_eps").asDouble(1e-5),
                switch (activation) {
                    case "quick_gelu" -> Activation.QUICK_GELU;
                    case "gelu" -> Activation.GELU;
                    case "gelu_pytorch_tanh" -> Activation.GELU_TANH;
                    default -> throw new InputException(file + ": hidden_act '" + activation + "' of the vision tower is not quick_gelu or gelu");
                });
    }

    private LlavaConfig check(LlavaConfig c) {
        Text t = c.text();
        Vision v = c.vision();
        positive("text_config sizes", t.hiddenSize(), t.intermediateSize(), t.layers(), t.heads(), t.kvHeads(), t.headSize(), t.vocabularySize(), t.maxPositions());
        positive("vision_config sizes", v.hiddenSize(), v.intermediateSize(), v.layers(), v.heads(), v.imageSize(), v.patchSize());
        if (t.headSize() % 2 != 0) {
            throw new InputException(file + ": head_dim " + t.headSize() + " is odd, rotary positions turn pairs");
        }
        if (t.heads() % t.kvHeads() != 0) {
            throw new InputException(file + ": num_key_value_heads " + t.kvHeads() + " does not divide num_attention_heads " + t.heads());
        }
        if (v.hiddenSize() % v.heads() != 0 || v.imageSize() % v.patchSize() != 0) {
            throw new InputException(file + ": the vision tower's heads must divide hidden_size and patch_size must divide image_size");
        }
        if (c.visionLayersNeeded() < 0 || c.visionLayersNeeded() > v.layers()) {
            throw new InputException(file + ": vision_feature_layer " + c.visionFeatureLayer() + " is none of the tower's " + v.layers() + " layers");
        }
        return c;
    }

    private void positive(String what, int... sizes) {
        for (int size : sizes) {
            if (size < 1 || size > 1 << 24) {
                throw new InputException(file + ": " + what + " must lie between 1 and 2^24, one is " + size);
            }
        }
    }

    private static Vision clipLarge(int imageSize) {
        return new Vision(1024, 4096, 24, 16, imageSize, 14, 1e-5, Activation.QUICK_GELU);
    }

    /** What transformers 4 and 5 load as {@code LlavaForConditionalGeneration}. */
    static String write(LlavaConfig c) {
        // The tower's layers after the one that is used are not kept, and transformers misses what config.json announces.
        int towerLayers = Math.max(1, c.visionLayersNeeded());
        ObjectNode root = JSON.createObjectNode();
        root.putArray("architectures").add("LlavaForConditionalGeneration");
        root.put("model_type", "llava").put("dtype", "float32").put("torch_dtype", "float32");
        root.put("image_token_index", c.imageTokenId()).put("image_seq_length", c.imageFeatures());
        root.put("projector_hidden_act", c.projector() == Projector.MLP ? "gelu" : "linear").put("multimodal_projector_bias", true);
        root.put("vision_feature_layer", c.visionLayersNeeded() - towerLayers - 1);
        root.put("vision_feature_select_strategy", c.dropClassToken() ? "default" : "full");
        root.put("tie_word_embeddings", c.text().tiedEmbeddings());
        Text t = c.text();
        root.putObject("text_config").put("model_type", "llama").put("hidden_act", "silu").put("hidden_size", t.hiddenSize())
                .put("intermediate_size", t.intermediateSize()).put("num_hidden_layers", t.layers())
                .put("num_attention_heads", t.heads()).put("num_key_value_heads", t.kvHeads()).put("head_dim", t.headSize())
                .put("vocab_size", t.vocabularySize()).put("rms_norm_eps", t.rmsNormEps()).put("rope_theta", t.ropeTheta())
                .put("max_position_embeddings", t.maxPositions()).put("tie_word_embeddings", t.tiedEmbeddings())
                .put("bos_token_id", 1).put("eos_token_id", 2).put("pad_token_id", 0)
                .put("attention_bias", false).put("mlp_bias", false).put("dtype", "float32");
        Vision v = c.vision();
        root.putObject("vision_config").put("model_type", "clip_vision_model").put("hidden_size", v.hiddenSize())
                .put("intermediate_size", v.intermediateSize()).put("num_hidden_layers", towerLayers)
                .put("num_attention_heads", v.heads()).put("image_size", v.imageSize()).put("patch_size", v.patchSize())
                .put("layer_norm_eps", v.layerNormEps()).put("projection_dim", v.hiddenSize())
                .put("hidden_act", switch (v.activation()) {
                    case QUICK_GELU -> "quick_gelu";
                    case GELU -> "gelu";
                    case GELU_TANH -> "gelu_pytorch_tanh";
                });
        return root.toPrettyString();
    }
}
