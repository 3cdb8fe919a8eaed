package org.drllava.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.drllava.common.InputException;

/**
 * The part of PEFT's LoRA configuration that says what an adapter computes: a module with weight W becomes
 * {@code W + scaling * B A} (LoRA, arXiv 2106.09685).
 *
 * @param r rank of the modules that no key of {@code rankPattern} names
 * @param alpha the same for alpha and {@code alphaPattern}
 * @param rankPattern the first key that is a module's path, or matches its end after a dot, as a regular expression,
 *     gives its rank
 * @param dropout probability at training time, in [0, 1)
 * @param useRslora scaling is {@code alpha / sqrt(r)} (arXiv 2312.03732) in place of {@code alpha / r}
 * @param baseModel name or path of the base model, if recorded
 * @param taskType PEFT's name of a task, for example {@code CAUSAL_LM}, if recorded
 * @param autoMapping what Python's AutoPeftModel needs to find the base model's class; may be empty
 */
public record PeftConfig(int r, double alpha, TargetModules targetModules, Map<String, Integer> rankPattern,
        Map<String, Double> alphaPattern, double dropout, boolean useRslora, Optional<String> baseModel,
        Optional<String> taskType, Map<String, String> autoMapping) {

    private static final Map<String, String> LLAVA = Map.of(
            "base_model_class", "LlavaForConditionalGeneration",
            "parent_library", "transformers.models.llava.modeling_llava");

    public PeftConfig {
        require(r > 0, "r is %s, expected a positive rank", r);
        require(alpha > 0 && Double.isFinite(alpha), "lora_alpha is %s, expected a positive number", alpha);
        require(dropout >= 0 && dropout < 1, "lora_dropout is %s, expected a probability from 0 to below 1", dropout);
        rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
        autoMapping = Map.copyOf(autoMapping);
        rankPattern.forEach((key, rank) -> {
            PatternKeys.check("rank_pattern", key);
            require(rank > 0, "rank_pattern has %s, expected positive ranks", rank);
        });
        alphaPattern.forEach((key, value) -> {
            PatternKeys.check("alpha_pattern", key);
            require(value > 0 && Double.isFinite(value), "alpha_pattern has %s, expected positive numbers", value);
        });
    }

    /** Plain LoRA on a Hugging Face LLaVA model, without dropout. */
    public static PeftConfig llava(int r, double alpha, TargetModules targetModules) {
        return new PeftConfig(r, alpha, targetModules, Map.of(), Map.of(), 0, false,
                Optional.empty(), Optional.empty(), LLAVA);
    }

    /**
     * Reads an {@code adapter_config.json}.
     *
     * @param warn told, a sentence each, of keys that are set but not known here and so have no effect
     * @throws InputException naming file and key: a wrong value, or a feature that would change what the adapter computes
     */
    public static PeftConfig read(Path file, Consumer<String> warn) {
        return PeftConfigJson.read(file, warn).config();
    }

    /** The {@code adapter_config.json} that peft 0.21 reads, and older ones too. */
    public String toJson() {
        return PeftConfigJson.write(this);
    }

    public PeftConfig withTargetModules(TargetModules other) {
        return new PeftConfig(r, alpha, other, rankPattern, alphaPattern, dropout, useRslora, baseModel, taskType, autoMapping);
    }

    public int rankOf(String module) {
        return PatternKeys.lookUp(rankPattern, module, r);
    }

    public double alphaOf(String module) {
        return PatternKeys.lookUp(alphaPattern, module, alpha);
    }

    /** What the product B A of this module is multiplied by. */
    public double scaling(String module) {
        return alphaOf(module) / (useRslora ? Math.sqrt(rankOf(module)) : rankOf(module));
    }

    private static void require(boolean valid, String message, Object value) {
        if (!valid) {
            throw new IllegalArgumentException(message.formatted(value));
        }
    }
}
