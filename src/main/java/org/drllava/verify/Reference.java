package org.drllava.verify;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.drllava.checkpoint.SafetensorsFile;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.common.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder of inputs and of what PyTorch computed on them: {@code reference.json} and {@code reference.safetensors}. */
record Reference(Path folder, JsonNode json, SafetensorsFile tensors) {
    private static final Pattern BOUND = Pattern.compile("<=\\s*([0-9.]+(?:e-?[0-9]+)?)");

    static Reference open(Path folder, Arena arena) {
        Path file = folder.resolve("reference.json");
        try {
            return new Reference(folder, JsonMapper.shared().readTree(file), SafetensorsFile.open(folder.resolve("reference.safetensors"), arena));
        } catch (JacksonException e) {
            throw new InputException(file + ": " + e.getOriginalMessage(), e);
        }
    }

    /** The factor after "<=" in the tolerance for {@code group}. */
    double bound(String group) {
        for (Map.Entry<String, JsonNode> entry : json.path("tolerance").properties()) {
            if (List.of(entry.getKey().split("\\|")).contains(group)) {
                Matcher matcher = BOUND.matcher(entry.getValue().asString());
                if (matcher.find()) {
                    return Double.parseDouble(matcher.group(1));
                }
            }
        }
        throw new InputException(folder.resolve("reference.json") + ": tolerance has no number for " + group);
    }

    StoredTensor tensor(String name) {
        return tensors.require(name);
    }

    float[] floats(String name) {
        return tensor(name).toFloats();
    }

    int[] ints(String name) {
        long[] longs = tensor(name).toLongs();
        int[] ints = new int[longs.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = Math.toIntExact(longs[i]);
        }
        return ints;
    }

    /** Names that start with {@code prefix}, sorted. */
    List<String> names(String prefix) {
        return tensors.names().stream().filter(name -> name.startsWith(prefix)).sorted().toList();
    }

    /** The rows of a [B, T] tensor where its mask is 1. */
    List<int[]> sequences(String ids, String mask) {
        int[] tokens = ints(ids);
        int[] real = ints(mask);
        int width = (int) tensor(ids).shape()[1];
        List<int[]> rows = new ArrayList<>();
        for (int start = 0; start < tokens.length; start += width) {
            int[] row = new int[width];
            int count = 0;
            for (int i = start; i < start + width; i++) {
                if (real[i] != 0) {
                    row[count++] = tokens[i];
                }
            }
            rows.add(java.util.Arrays.copyOf(row, count));
        }
        return rows;
    }
}
