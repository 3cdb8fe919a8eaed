package org.drllava.model;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.model.LlavaConfig.Vision;

/** Every weight of a model by canonical name, with its shape: what a checkpoint must hold and a new model must fill. */
public final class ModelShapes {
    private ModelShapes() {}

    public static SequencedMap<String, long[]> of(LlavaConfig config) {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        vision(config, shapes);
        projector(config, shapes);
        text(config.text(), shapes);
        return shapes;
    }

    /** The tower up to the layer whose output is used; later layers and the final norm are read by nobody. */
    private static void vision(LlavaConfig config, SequencedMap<String, long[]> shapes) {
        Vision v = config.vision();
        long d = v.hiddenSize();
        shapes.put("vision_tower.embeddings.class_embedding", new long[] {d});
        shapes.put("vision_tower.embeddings.patch_embedding.weight", new long[] {d, 3, v.patchSize(), v.patchSize()});
        shapes.put("vision_tower.embeddings.position_embedding.weight", new long[] {v.patches() + 1, d});
        shapes.put("vision_tower.pre_layrnorm.weight", new long[] {d});
        shapes.put("vision_tower.pre_layrnorm.bias", new long[] {d});
        for (int i = 0; i < config.visionLayersNeeded(); i++) {
            String layer = "vision_tower.encoder.layers." + i + ".";
            for (String projection : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
                shapes.put(layer + "self_attn." + projection + ".weight", new long[] {d, d});
                shapes.put(layer + "self_attn." + projection + ".bias", new long[] {d});
            }
            for (String norm : new String[] {"layer_norm1", "layer_norm2"}) {
                shapes.put(layer + norm + ".weight", new long[] {d});
                shapes.put(layer + norm + ".bias", new long[] {d});
            }
            shapes.put(layer + "mlp.fc1.weight", new long[] {v.intermediateSize(), d});
            shapes.put(layer + "mlp.fc1.bias", new long[] {v.intermediateSize()});
            shapes.put(layer + "mlp.fc2.weight", new long[] {d, v.intermediateSize()});
            shapes.put(layer + "mlp.fc2.bias", new long[] {d});
        }
    }

    private static void projector(LlavaConfig config, SequencedMap<String, long[]> shapes) {
        long d = config.text().hiddenSize();
        shapes.put("multi_modal_projector.linear_1.weight", new long[] {d, config.vision().hiddenSize()});
        shapes.put("multi_modal_projector.linear_1.bias", new long[] {d});
        if (config.projector() != Projector.LINEAR) {
            shapes.put("multi_modal_projector.linear_2.weight", new long[] {d, d});
            shapes.put("multi_modal_projector.linear_2.bias", new long[] {d});
        }
    }

    private static void text(Text t, SequencedMap<String, long[]> shapes) {
        long d = t.hiddenSize();
        shapes.put("language_model.embed_tokens.weight", new long[] {t.vocabularySize(), d});
        for (int i = 0; i < t.layers(); i++) {
            String layer = "language_model.layers." + i + ".";
            shapes.put(layer + "input_layernorm.weight", new long[] {d});
            shapes.put(layer + "post_attention_layernorm.weight", new long[] {d});
            for (LlamaModule module : LlamaModule.values()) {
                shapes.put(layer + module.path() + ".weight", new long[] {module.outputs(t), module.inputs(t)});
            }
        }
        shapes.put("language_model.norm.weight", new long[] {d});
        if (!t.tiedEmbeddings()) {
            shapes.put("lm_head.weight", new long[] {t.vocabularySize(), d});
        }
    }
}
