package org.drllava.model;

import java.util.Optional;

/**
 * One spelling for the weight names that different programs write. The canonical one is that of transformers 4.52+ modules
 * without the leading {@code model.}: {@code language_model.layers.0.self_attn.q_proj.weight}, {@code lm_head.weight},
 * {@code multi_modal_projector.linear_1.weight}, {@code vision_tower.encoder.layers.0.…}.
 */
final class WeightNames {
    private WeightNames() {}

    /**
     * The canonical name of {@code stored}, or empty for buffers that some versions save and none reads
     * ({@code rotary_emb.inv_freq}, {@code position_ids}).
     *
     * <p>Understood: transformers 4.3x and files saved by 5.x ({@code language_model.model.layers…}), 4.5x
     * ({@code model.language_model.layers…}), and the original LLaVA repository ({@code model.layers…},
     * {@code model.mm_projector.0.weight}, {@code model.vision_tower.vision_tower.vision_model.…}).
     */
    static Optional<String> canonical(String stored) {
        if (stored.endsWith("rotary_emb.inv_freq") || stored.endsWith("position_ids")) {
            return Optional.empty();
        }
        String name = stored.startsWith("model.") ? stored.substring("model.".length()) : stored;
        if (name.startsWith("vision_tower.")) {
            return Optional.of("vision_tower." + name.replaceFirst("^(vision_tower\\.)+(vision_model\\.)?", ""));
        }
        if (name.startsWith("mm_projector.")) {
            return Optional.of("multi_modal_projector." + name.substring("mm_projector.".length())
                    .replaceFirst("^0\\.", "linear_1.").replaceFirst("^2\\.", "linear_2.")
                    .replaceFirst("^(weight|bias)$", "linear_1.$1"));
        }
        if (name.startsWith("language_model.")) {
            name = name.substring("language_model.".length());
            if (name.startsWith("lm_head.")) {
                return Optional.of(name);
            }
            return Optional.of("language_model." + name.replaceFirst("^model\\.", ""));
        }
        if (name.startsWith("layers.") || name.startsWith("embed_tokens.") || name.equals("norm.weight")) {
            return Optional.of("language_model." + name);
        }
        return Optional.of(name);
    }

    /** The spelling that every transformers version since 4.31 reads, for model folders that we write. */
    static String forTransformers(String canonical) {
        if (canonical.startsWith("language_model.")) {
            return "language_model.model." + canonical.substring("language_model.".length());
        }
        if (canonical.startsWith("lm_head.")) {
            return "language_model." + canonical;
        }
        return canonical.startsWith("vision_tower.")
                ? "vision_tower.vision_model." + canonical.substring("vision_tower.".length())
                : canonical;
    }
}
