package org.drllava.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightNamesTest {
    @ParameterizedTest
    @CsvSource({
        // transformers 4.3x
        "language_model.model.layers.3.mlp.up_proj.weight, language_model.layers.3.mlp.up_proj.weight",
        "language_model.model.norm.weight, language_model.norm.weight",
        "language_model.lm_head.weight, lm_head.weight",
        "vision_tower.vision_model.pre_layrnorm.bias, vision_tower.pre_layrnorm.bias",
        "multi_modal_projector.linear_2.bias, multi_modal_projector.linear_2.bias",
        // transformers 4.52 and later
        "model.language_model.embed_tokens.weight, language_model.embed_tokens.weight",
        "model.vision_tower.vision_model.encoder.layers.0.mlp.fc1.bias, vision_tower.encoder.layers.0.mlp.fc1.bias",
        "model.multi_modal_projector.linear_1.weight, multi_modal_projector.linear_1.weight",
        "lm_head.weight, lm_head.weight",
        // the original repository
        "model.embed_tokens.weight, language_model.embed_tokens.weight",
        "model.layers.31.self_attn.o_proj.weight, language_model.layers.31.self_attn.o_proj.weight",
        "model.norm.weight, language_model.norm.weight",
        "model.mm_projector.0.weight, multi_modal_projector.linear_1.weight",
        "model.mm_projector.2.bias, multi_modal_projector.linear_2.bias",
        "model.mm_projector.weight, multi_modal_projector.linear_1.weight",
        "model.mm_projector.bias, multi_modal_projector.linear_1.bias",
        "model.vision_tower.vision_tower.vision_model.embeddings.class_embedding, vision_tower.embeddings.class_embedding",
        // nobody's
        "model.image_newline, image_newline",
        "whatever.norm.weight, whatever.norm.weight"})
    void everySpellingHasOneCanonicalName(String stored, String canonical) {
        assertThat(WeightNames.canonical(stored)).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.layers.0.self_attn.rotary_emb.inv_freq", "language_model.model.rotary_emb.inv_freq",
        "vision_tower.vision_model.embeddings.position_ids"})
    void buffersAreNoWeights(String stored) {
        assertThat(WeightNames.canonical(stored)).isEmpty();
    }

    @Test
    void whatIsWrittenForTransformersIsReadBack() {
        for (String name : ModelShapes.of(TinyModel.CONFIG).keySet()) {
            assertThat(WeightNames.canonical(WeightNames.forTransformers(name))).contains(name);
        }
    }
}
