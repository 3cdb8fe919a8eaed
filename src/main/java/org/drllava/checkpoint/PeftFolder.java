package org.drllava.checkpoint;

import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.drllava.common.AtomicFile;
import org.drllava.common.AtomicFolder;
import org.drllava.common.InputException;
import org.slf4j.LoggerFactory;

/** Adapters in the folder form of Python's peft: {@code adapter_config.json} and {@code adapter_model.safetensors}. */
public final class PeftFolder {
    public static final String CONFIG = "adapter_config.json";
    public static final String WEIGHTS = "adapter_model.safetensors";

    /** peft saves without the adapter's name; some tools leave it in. */
    private static final Pattern FACTOR =
            Pattern.compile("base_model\\.model\\.(?<module>.+)\\.lora_(?<factor>[AB])(?:\\.default)?\\.weight");

    private PeftFolder() {}

    /** As {@link #read(Path, Arena, Consumer)}, warnings go to the log. */
    public static PeftAdapter read(Path folder, Arena arena) {
        return read(folder, arena, LoggerFactory.getLogger(PeftFolder.class)::warn);
    }

    /**
     * Maps the factors for the life of {@code arena}.
     *
     * @param warn told, a sentence each, of configuration keys and tensors that have no effect
     * @throws InputException naming the file and the key, module or tensor: a factor without its partner, shapes that
     *     do not fit each other or the rank, a feature that is not supported
     */
    public static PeftAdapter read(Path folder, Arena arena, Consumer<String> warn) {
        if (!Files.exists(folder.resolve(CONFIG))) {
            throw new InputException("%s: has no %s, expected a PEFT adapter folder".formatted(folder, CONFIG));
        }
        var weights = folder.resolve(WEIGHTS);
        if (!Files.exists(weights) && Files.exists(folder.resolve("adapter_model.bin"))) {
            throw new InputException("%s: has pickled weights only, expected %s; load and save it in Python: PeftModel.save_pretrained"
                    .formatted(folder, WEIGHTS));
        }
        var parsed = PeftConfigJson.read(folder.resolve(CONFIG), warn);
        var modules = pairs(SafetensorsFile.open(weights, arena), warn);
        var config = parsed.narrowed()
                ? parsed.config().withTargetModules(new TargetModules.Names(modules.keySet())) : parsed.config();
        try {
            return new PeftAdapter(config, modules);
        } catch (IllegalArgumentException e) {
            throw new InputException("%s: %s".formatted(weights, e.getMessage()), e);
        }
    }

    /** Replaces {@code folder} atomically; peft loads it as it is. @throws UncheckedIOException see {@link AtomicFolder#write} */
    public static void write(Path folder, PeftAdapter adapter) {
        var tensors = new ArrayList<StoredTensor>();
        adapter.modules().forEach((module, pair) -> {
            tensors.add(pair.a().withName("base_model.model." + module + ".lora_A.weight"));
            tensors.add(pair.b().withName("base_model.model." + module + ".lora_B.weight"));
        });
        AtomicFolder.write(folder, fresh -> {
            AtomicFile.write(fresh.resolve(CONFIG), adapter.config().toJson());
            SafetensorsWriter.write(fresh.resolve(WEIGHTS), SafetensorsWriter.PYTORCH, tensors);
        });
    }

    private static SortedMap<String, LoraPair> pairs(SafetensorsFile file, Consumer<String> warn) {
        var as = new TreeMap<String, StoredTensor>();
        var bs = new TreeMap<String, StoredTensor>();
        for (var tensor : file.tensors().values()) {
            var name = FACTOR.matcher(tensor.name());
            if (name.matches()) {
                var factors = name.group("factor").equals("A") ? as : bs;
                if (factors.put(name.group("module"), tensor) != null) {
                    throw new InputException("%s: lora_%s of module %s is there twice".formatted(
                            file.path(), name.group("factor"), Quote.name(name.group("module"))));
                }
            } else if (tensor.name().contains("lora_")) {
                throw new InputException("%s: tensor %s is a kind of LoRA weight that is not supported, expected base_model.model.MODULE.lora_A.weight or lora_B"
                        .formatted(file.path(), Quote.name(tensor.name())));
            } else {
                warn.accept("%s: tensor %s is no LoRA weight and has no effect".formatted(file.path(), Quote.name(tensor.name())));
            }
        }
        var pairs = new TreeMap<String, LoraPair>();
        as.forEach((module, a) -> pairs.put(module, pair(file, module, a, bs.remove(module))));
        bs.forEach((module, b) -> pair(file, module, null, b));
        return pairs;
    }

    private static LoraPair pair(SafetensorsFile file, String module, StoredTensor a, StoredTensor b) {
        if (a == null || b == null) {
            throw new InputException("%s: module %s has lora_%s but no lora_%s".formatted(
                    file.path(), Quote.name(module), a == null ? "B" : "A", a == null ? "A" : "B"));
        }
        try {
            return new LoraPair(a, b);
        } catch (IllegalArgumentException e) {
            throw new InputException("%s: module %s: %s".formatted(file.path(), Quote.name(module), e.getMessage()), e);
        }
    }
}
