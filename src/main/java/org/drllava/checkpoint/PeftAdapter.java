package org.drllava.checkpoint;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A LoRA adapter.
 *
 * @param modules by the module's path in the base model, for example
 *     {@code model.language_model.layers.0.self_attn.q_proj}; at least one, each of the rank the configuration gives it
 */
public record PeftAdapter(PeftConfig config, SortedMap<String, LoraPair> modules) {
    public PeftAdapter {
        modules = Collections.unmodifiableSortedMap(new TreeMap<>(modules));
        if (modules.isEmpty()) {
            throw new IllegalArgumentException("the adapter has no LoRA weights");
        }
        for (var module : modules.entrySet()) {
            if (module.getValue().rank() != config.rankOf(module.getKey())) {
                throw new IllegalArgumentException("module %s has rank %d, but the configuration says %d".formatted(
                        Quote.name(module.getKey()), module.getValue().rank(), config.rankOf(module.getKey())));
            }
        }
    }
}
