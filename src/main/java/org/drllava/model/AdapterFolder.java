package org.drllava.model;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.drllava.checkpoint.LoraPair;
import org.drllava.checkpoint.PeftAdapter;
import org.drllava.checkpoint.PeftConfig;
import org.drllava.checkpoint.PeftFolder;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.checkpoint.TargetModules;
import org.drllava.common.InputException;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.TensorScope;

/** LoRA adapters in PEFT's folders, as flat parameters to train or to leave alone. */
public final class AdapterFolder {
    private AdapterFolder() {}

    /** An adapter's numbers and what they are multiplied by. */
    public record Loaded(LoraAdapter.Settings settings, SequencedMap<String, float[]> values) {
        /** Fills {@code arena}, whose shapes are {@link LoraAdapter#shapes}. */
        public void into(ParameterArena arena) {
            values.forEach((name, floats) -> arena.get(name).set(floats));
        }
    }

    /**
     * Reads an adapter on all or some of the decoder's linear layers; those it leaves out get zeros, which change nothing.
     *
     * @throws InputException naming a module that the model does not have, a shape that does not fit it, or ranks or
     *                        scales that differ between modules
     */
    public static Loaded read(Path folder, LlavaConfig config) {
        try (Arena arena = Arena.ofConfined()) {
            PeftAdapter adapter = PeftFolder.read(folder, arena);
            Map<String, LoraPair> modules = new TreeMap<>();
            adapter.modules().forEach((name, pair) -> modules.put(canonicalModule(name), pair));
            String any = adapter.modules().firstKey();
            int rank = adapter.config().rankOf(any);
            double scale = adapter.config().scaling(any);
            for (String module : adapter.modules().keySet()) {
                if (adapter.config().rankOf(module) != rank || adapter.config().scaling(module) != scale) {
                    throw new InputException(folder + ": modules " + any + " and " + module
                            + " differ in rank or alpha, which is not supported");
                }
            }
            LoraAdapter.Settings settings = new LoraAdapter.Settings(rank, scale * rank);
            SequencedMap<String, long[]> shapes = LoraAdapter.shapes(config.text(), settings);
            SequencedMap<String, float[]> values = new LinkedHashMap<>();
            shapes.forEach((name, shape) -> {
                LoraPair pair = modules.get(name.substring(0, name.length() - ".lora_A".length()));
                StoredTensor stored = pair == null ? null : name.endsWith(".lora_A") ? pair.a() : pair.b();
                if (stored != null && !Arrays.equals(stored.shape(), shape)) {
                    throw new InputException(folder + ": " + stored.name() + " has shape " + Arrays.toString(stored.shape())
                            + " where the model wants " + Arrays.toString(shape));
                }
                values.put(name, stored == null ? new float[Math.toIntExact(shape[0] * shape[1])] : stored.toFloats());
            });
            for (String module : modules.keySet()) {
                if (!shapes.containsKey(module + ".lora_A")) {
                    throw new InputException(folder + ": the model has no module " + module + " to put an adapter on");
                }
            }
            return new Loaded(settings, values);
        }
    }

    /** transformers before 4.52 puts the decoder one level lower; the numbers are the same. */
    private static String canonicalModule(String module) {
        return "model." + WeightNames.canonical(module).orElse(module);
    }

    /** Writes what {@link #read} reads and Python's peft loads. */
    public static void write(Path folder, LoraAdapter.Settings settings, ParameterArena arena) {
        // A regular expression, because a plain name such as q_proj would also be found in the vision tower.
        List<String> names = new ArrayList<>();
        for (LlamaModule module : LlamaModule.values()) {
            names.add(module.shortName());
        }
        TargetModules targets = new TargetModules.Regex(".*language_model.*\\.(" + String.join("|", names) + ")");
        try (TensorScope scope = TensorScope.open()) {
            SortedMap<String, LoraPair> modules = new TreeMap<>();
            for (String name : arena.shapes().keySet()) {
                if (name.endsWith(".lora_A")) {
                    String module = name.substring(0, name.length() - ".lora_A".length());
                    modules.put(module, new LoraPair(stored(arena, name), stored(arena, module + ".lora_B")));
                }
            }
            PeftFolder.write(folder, new PeftAdapter(PeftConfig.llava(settings.rank(), settings.alpha(), targets), modules));
        }
    }

    private static StoredTensor stored(ParameterArena arena, String name) {
        return StoredTensor.of(name, arena.get(name));
    }
}
