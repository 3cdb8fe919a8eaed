package org.drllava.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.drllava.common.InputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The weights of a Hugging Face model folder, mapped: one {@code model.safetensors}, or an index and its shards. */
public final class WeightFolder {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final Logger log = LoggerFactory.getLogger(WeightFolder.class);

    private final Path folder;
    private final Map<String, StoredTensor> tensors;

    private WeightFolder(Path folder, Map<String, StoredTensor> tensors) {
        this.folder = folder;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Maps every tensor for the life of {@code arena}. If both forms are there the single file counts, as in Python.
     *
     * @throws InputException if the folder has no safetensors weights, or one of its files breaks a rule
     */
    public static WeightFolder open(Path folder, Arena arena) {
        if (!Files.isDirectory(folder)) {
            throw new InputException(folder + ": no such folder, expected a Hugging Face model folder");
        }
        if (Files.exists(folder.resolve(SINGLE))) {
            return new WeightFolder(folder, SafetensorsFile.open(folder.resolve(SINGLE), arena).tensors());
        }
        if (Files.exists(folder.resolve(INDEX))) {
            return new WeightFolder(folder, shards(folder, arena));
        }
        if (Files.exists(folder.resolve("pytorch_model.bin")) || Files.exists(folder.resolve("pytorch_model.bin.index.json"))) {
            throw new InputException(("%s: has pickled weights only, expected %s; convert them in Python: "
                    + "LlavaForConditionalGeneration.from_pretrained(DIR).save_pretrained(NEW_DIR)").formatted(folder, SINGLE));
        }
        throw new InputException("%s: has no weights, expected %s or %s".formatted(folder, SINGLE, INDEX));
    }

    /** All tensors by the names the files give them. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** @throws InputException naming folder and tensor if there is none of that name */
    public StoredTensor require(String name) {
        requireAll(List.of(name));
        return tensors.get(name);
    }

    /** @throws InputException naming every one of {@code names} (at most 10) that is missing */
    public void requireAll(Collection<String> names) {
        var missing = names.stream().filter(name -> !tensors.containsKey(name)).sorted().toList();
        if (!missing.isEmpty()) {
            throw new InputException("%s: %s missing: %s%s".formatted(folder,
                    missing.size() == 1 ? "a tensor is" : missing.size() + " tensors are",
                    missing.stream().limit(10).map(Quote::name).collect(Collectors.joining(", ")),
                    missing.size() > 10 ? ", …" : ""));
        }
    }

    /** The names in the folder that are not in {@code known}: worth a warning each. */
    public SortedSet<String> unknown(Collection<String> known) {
        var rest = new TreeSet<>(tensors.keySet());
        known.forEach(rest::remove);
        return rest;
    }

    private static Map<String, StoredTensor> shards(Path folder, Arena arena) {
        var index = folder.resolve(INDEX);
        var weightMap = JsonFiles.map(index, JsonFiles.read(index), "weight_map",
                value -> value.isString() && isShardName(value.asString()), value -> value.asString(),
                "file names in this folder that end in .safetensors");
        if (weightMap.isEmpty()) {
            throw new InputException(index + ": weight_map is missing or empty, expected tensor names and their files");
        }
        var files = new TreeMap<String, SafetensorsFile>();
        for (var shard : new TreeSet<>(weightMap.values())) {
            files.put(shard, SafetensorsFile.open(folder.resolve(shard), arena));
        }
        var tensors = new LinkedHashMap<String, StoredTensor>();
        weightMap.forEach((name, shard) -> tensors.put(name, files.get(shard).find(name).orElseThrow(
                () -> new InputException("%s: tensor %s is not in %s, where the index says it is"
                        .formatted(index, Quote.name(name), shard)))));
        files.forEach((shard, file) -> file.names().stream().filter(name -> !tensors.containsKey(name)).forEach(
                name -> log.warn("{}: tensor {} is not in the index and stays unread", file.path(), Quote.name(name))));
        return tensors;
    }

    /** Only plain names: an index must not reach outside its folder. */
    private static boolean isShardName(String name) {
        return name.endsWith(".safetensors") && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
    }
}
