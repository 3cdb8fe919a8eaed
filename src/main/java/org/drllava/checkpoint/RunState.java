package org.drllava.checkpoint;

import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.drllava.common.AtomicFile;
import org.drllava.common.AtomicFolder;
import org.drllava.common.InputException;
import tools.jackson.databind.JsonNode;

/**
 * Everything a run needs to go on as if it had never stopped: counters, and tensors such as adapters and optimiser
 * moments. On the disk a folder of {@code state.json} and {@code tensors.safetensors}. Doubles come back bit for bit,
 * NaNs and infinities included.
 *
 * @param configHash names the settings the run was made with; to be compared by whoever resumes
 */
public record RunState(String configHash, SortedMap<String, Long> longs, SortedMap<String, Double> doubles,
        SortedMap<String, String> strings, SortedMap<String, StoredTensor> tensors) {
    static final String STATE = "state.json";
    static final String TENSORS = "tensors.safetensors";

    /** Grows when older programs could no longer read what is written. Every released version stays readable. */
    static final int FORMAT_VERSION = 1;

    private static final Set<String> NON_FINITE = Set.of("NaN", "Infinity", "-Infinity");

    public RunState {
        longs = Collections.unmodifiableSortedMap(new TreeMap<>(longs));
        doubles = Collections.unmodifiableSortedMap(new TreeMap<>(doubles));
        strings = Collections.unmodifiableSortedMap(new TreeMap<>(strings));
        tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    }

    public static RunState of(String configHash, Map<String, Long> longs, Map<String, Double> doubles,
            Map<String, String> strings, List<StoredTensor> tensors) {
        var byName = new TreeMap<String, StoredTensor>();
        for (var tensor : tensors) {
            if (byName.put(tensor.name(), tensor) != null) {
                throw new IllegalArgumentException("two tensors are named " + Quote.name(tensor.name()));
            }
        }
        return new RunState(configHash, new TreeMap<>(longs), new TreeMap<>(doubles), new TreeMap<>(strings), byName);
    }

    /**
     * Tensors are mapped for the life of {@code arena}.
     *
     * @throws InputException naming file and field, if the folder is no run state or of another format version
     */
    public static RunState read(Path folder, Arena arena) {
        var file = folder.resolve(STATE);
        var root = JsonFiles.read(file);
        int version = JsonFiles.field(file, root, "format_version", value -> value.isIntegralNumber() && value.canConvertToInt(), "a whole number").asInt();
        if (version != FORMAT_VERSION) {
            throw new InputException("%s: format_version is %d, but this program reads version %d: resume with the program that wrote it"
                    .formatted(file, version, FORMAT_VERSION));
        }
        return new RunState(
                JsonFiles.field(file, root, "config_hash", JsonNode::isString, "a string").asString(),
                new TreeMap<>(JsonFiles.map(file, root, "longs",
                        value -> value.isIntegralNumber() && value.canConvertToLong(), JsonNode::asLong, "whole numbers")),
                new TreeMap<>(JsonFiles.map(file, root, "doubles",
                        RunState::isDouble, value -> Double.valueOf(value.asString()), "numbers")),
                new TreeMap<>(JsonFiles.map(file, root, "strings", JsonNode::isString, JsonNode::asString, "strings")),
                new TreeMap<>(SafetensorsFile.open(folder.resolve(TENSORS), arena).tensors()));
    }

    /** Replaces {@code folder} atomically. @throws UncheckedIOException see {@link AtomicFolder#write} */
    public void write(Path folder) {
        var root = JsonFiles.MAPPER.createObjectNode();
        root.put("format_version", FORMAT_VERSION).put("config_hash", configHash);
        longs.forEach(root.putObject("longs")::put);
        var numbers = root.putObject("doubles");
        doubles.forEach((name, value) -> {
            if (Double.isFinite(value)) {
                numbers.put(name, value);
            } else {
                numbers.put(name, value.toString()); // JSON has no NaN
            }
        });
        strings.forEach(root.putObject("strings")::put);
        AtomicFolder.write(folder, fresh -> {
            AtomicFile.write(fresh.resolve(STATE), JsonFiles.MAPPER.writeValueAsString(root) + "\n");
            SafetensorsWriter.write(fresh.resolve(TENSORS), Map.of(), tensors.entrySet().stream()
                    .map(entry -> entry.getValue().withName(entry.getKey())).toList());
        });
    }

    public long requireLong(String name) {
        return require(longs, name);
    }

    public double requireDouble(String name) {
        return require(doubles, name);
    }

    public String requireString(String name) {
        return require(strings, name);
    }

    public StoredTensor requireTensor(String name) {
        return require(tensors, name);
    }

    private static <T> T require(Map<String, T> values, String name) {
        var value = values.get(name);
        if (value == null) {
            throw new InputException("the checkpoint has no " + Quote.name(name) + ", it was written by another kind of run");
        }
        return value;
    }

    private static boolean isDouble(JsonNode value) {
        return value.isNumber() || value.isString() && NON_FINITE.contains(value.asString());
    }
}
