package org.drllava.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.drllava.common.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The JSON files beside the tensors: strict reading, fields that name themselves when they are wrong. */
final class JsonFiles {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** A 405B model's index takes about 0.1 MB. */
    private static final long LARGEST = 64L << 20;

    private JsonFiles() {}

    /** The object in {@code file}. */
    static JsonNode read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new InputException(file + ": no such file");
            }
            if (Files.size(file) > LARGEST) {
                throw new InputException("%s: %d bytes, expected at most %d".formatted(file, Files.size(file), LARGEST));
            }
            var root = MAPPER.readTree(Files.readAllBytes(file));
            if (!root.isObject()) {
                throw new InputException(file + ": expected a JSON object");
            }
            return root;
        } catch (JacksonException e) {
            throw new InputException("%s: is not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new InputException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** {@code object[field]}, which must be there and pass. */
    static JsonNode field(Path file, JsonNode object, String field, Predicate<JsonNode> valid, String expected) {
        var value = object.path(field);
        if (!valid.test(value)) {
            throw new InputException("%s: %s is %s, expected %s".formatted(
                    file, field, value.isMissingNode() ? "missing" : shorten(value), expected));
        }
        return value;
    }

    /** {@code object[field]}, null when it is absent or null. */
    static JsonNode optional(Path file, JsonNode object, String field, Predicate<JsonNode> valid, String expected) {
        return object.path(field).isMissingNode() || object.path(field).isNull()
                ? null : field(file, object, field, valid, expected);
    }

    /** An object whose values all pass, in its own order; empty when absent or null. */
    static <T> Map<String, T> map(Path file, JsonNode object, String field, Predicate<JsonNode> valid,
            Function<JsonNode, T> convert, String expected) {
        var values = new LinkedHashMap<String, T>();
        var found = optional(file, object, field, JsonNode::isObject, "an object of " + expected);
        if (found != null) {
            for (var property : found.properties()) {
                field(file, found, property.getKey(), valid, expected + " in " + field);
                values.put(property.getKey(), convert.apply(property.getValue()));
            }
        }
        return values;
    }

    private static String shorten(JsonNode value) {
        var text = value.toString();
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
