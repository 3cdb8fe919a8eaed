package org.drllava.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.drllava.common.InputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code adapter_config.json} as peft 0.21 writes it (src/peft/tuners/lora/config.py of huggingface/peft). */
final class PeftConfigJson {
    /** Set to anything but null, false, "" or empty, these change what the adapter computes. */
    private static final Set<String> UNSUPPORTED = Set.of(
            "alora_invocation_tokens", "arrow_config", "fan_in_fan_out", "kasa_config", "layer_replication", "lora_bias",
            "megatron_config", "modules_to_save", "monteclora_config", "target_parameters", "trainable_token_indices",
            "use_bdlora", "use_dora", "use_qalora", "velora_config");

    /** These choose modules further, which the tensors of an adapter have done already. */
    private static final Set<String> NARROWING = Set.of("exclude_modules", "layers_pattern", "layers_to_transform");

    /** These matter to how an adapter is begun or kept, not to what it computes. */
    private static final Set<String> INERT = Set.of(
            "corda_config", "ensure_weight_tying", "eva_config", "inference_mode", "loftq_config", "lora_ga_config",
            "megatron_core", "peft_version", "qalora_group_size", "revision", "runtime_config");

    private static final Set<String> READ = Set.of(
            "alpha_pattern", "auto_mapping", "base_model_name_or_path", "bias", "init_lora_weights", "lora_alpha",
            "lora_dropout", "peft_type", "r", "rank_pattern", "target_modules", "task_type", "use_rslora");

    /** Beginnings that leave the base model's weights alone. */
    private static final Set<String> PLAIN_BEGINNINGS = Set.of("true", "false", "gaussian", "eva", "orthogonal");

    private PeftConfigJson() {}

    /** @param narrowed the file's target modules say more than the adapter has */
    record Parsed(PeftConfig config, boolean narrowed) {}

    static Parsed read(Path file, Consumer<String> warn) {
        var root = JsonFiles.read(file);
        JsonFiles.field(file, root, "peft_type", value -> value.asString("").equals("LORA"), "\"LORA\"");
        for (var property : root.properties()) {
            var key = property.getKey();
            if (!isSet(property.getValue()) || READ.contains(key) || INERT.contains(key) || NARROWING.contains(key)) {
                continue;
            }
            if (UNSUPPORTED.contains(key)) {
                throw new InputException("%s: %s is set, which is not supported: it changes what the adapter computes"
                        .formatted(file, key));
            }
            warn.accept("%s: %s is not known and has no effect".formatted(file, Quote.name(key)));
        }
        JsonFiles.optional(file, root, "bias", value -> value.asString("").equals("none"), "\"none\", trained biases are not supported");
        JsonFiles.optional(file, root, "init_lora_weights", value -> PLAIN_BEGINNINGS.contains(value.asString("")),
                "a beginning that leaves the base model as it is (convert the adapter to plain LoRA in Python)");
        try {
            return new Parsed(config(file, root), NARROWING.stream().anyMatch(key -> isSet(root.path(key))));
        } catch (IllegalArgumentException e) {
            throw new InputException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static PeftConfig config(Path file, JsonNode root) {
        var dropout = JsonFiles.optional(file, root, "lora_dropout", JsonNode::isNumber, "a number");
        var rslora = JsonFiles.optional(file, root, "use_rslora", JsonNode::isBoolean, "true or false");
        return new PeftConfig(
                JsonFiles.field(file, root, "r", PeftConfigJson::isInt, "a whole number").asInt(),
                JsonFiles.field(file, root, "lora_alpha", JsonNode::isNumber, "a number").asDouble(),
                targets(file, root),
                JsonFiles.map(file, root, "rank_pattern", PeftConfigJson::isInt, JsonNode::asInt, "whole numbers"),
                JsonFiles.map(file, root, "alpha_pattern", JsonNode::isNumber, JsonNode::asDouble, "numbers"),
                dropout == null ? 0 : dropout.asDouble(),
                rslora != null && rslora.asBoolean(),
                text(file, root, "base_model_name_or_path"),
                text(file, root, "task_type"),
                JsonFiles.map(file, root, "auto_mapping", JsonNode::isString, JsonNode::asString, "strings"));
    }

    private static TargetModules targets(Path file, JsonNode root) {
        var targets = JsonFiles.field(file, root, "target_modules",
                value -> value.isString() || value.isArray(), "a list of module names or a regular expression");
        if (targets.isString()) {
            return new TargetModules.Regex(targets.asString());
        }
        List<String> names = new ArrayList<>();
        for (var name : targets) {
            if (!name.isString()) {
                throw new InputException("%s: target_modules holds %s, expected module names".formatted(file, name));
            }
            names.add(name.asString());
        }
        return new TargetModules.Names(names);
    }

    private static Optional<String> text(Path file, JsonNode root, String field) {
        return Optional.ofNullable(JsonFiles.optional(file, root, field, JsonNode::isString, "a string")).map(JsonNode::asString);
    }

    private static boolean isInt(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt();
    }

    private static boolean isSet(JsonNode value) {
        return !(value.isMissingNode() || value.isNull() || value.isBoolean() && !value.asBoolean()
                || value.isContainer() && value.isEmpty() || value.isString() && value.asString().isEmpty());
    }

    /** Only keys that every peft release of recent years knows; keys sorted, as peft does. */
    static String write(PeftConfig config) {
        var root = JsonFiles.MAPPER.createObjectNode();
        var alphas = root.putObject("alpha_pattern");
        config.alphaPattern().forEach((key, alpha) -> number(alphas, key, alpha));
        strings(root, "auto_mapping", config.autoMapping());
        root.put("base_model_name_or_path", config.baseModel().orElse(null));
        root.put("bias", "none").put("fan_in_fan_out", false).put("inference_mode", true).put("init_lora_weights", true);
        number(root, "lora_alpha", config.alpha());
        root.put("lora_dropout", config.dropout());
        root.putNull("modules_to_save");
        root.put("peft_type", "LORA").put("r", config.r());
        config.rankPattern().forEach(root.putObject("rank_pattern")::put);
        switch (config.targetModules()) {
            case TargetModules.Regex(var pattern) -> root.put("target_modules", pattern);
            case TargetModules.Names(var names) -> names.forEach(root.putArray("target_modules")::add);
        }
        root.put("task_type", config.taskType().orElse(null));
        root.put("use_dora", false).put("use_rslora", config.useRslora());
        return JsonFiles.MAPPER.writeValueAsString(root) + "\n";
    }

    private static void strings(ObjectNode root, String field, Map<String, String> values) {
        if (values.isEmpty()) {
            root.putNull(field);
        } else {
            new TreeMap<>(values).forEach(root.putObject(field)::put);
        }
    }

    /** Whole numbers without a point: PEFT declares lora_alpha as an int. */
    private static void number(ObjectNode object, String field, double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            object.put(field, (long) value);
        } else {
            object.put(field, value);
        }
    }
}
