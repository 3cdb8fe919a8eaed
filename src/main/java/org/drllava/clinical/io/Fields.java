package org.drllava.clinical.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.drllava.common.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A node of a JSON or YAML document that a user wrote, together with the words that say where it stands
 * ({@code train.json: entry 3: conversations[0]}). Each accessor gives a checked value or throws an
 * {@link InputException} that names this place and what was expected there.
 */
public record Fields(String where, JsonNode node) {
    private static final long MAX_BYTES = 1L << 30;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /** The whole document of a JSON file of at most 1 GiB. */
    public static Fields json(Path file) {
        return parse(JSON, text(file), file.toString());
    }

    /** The whole document of a JSON text; {@code where} names it in errors. */
    public static Fields json(String text, String where) {
        return parse(JSON, text, where);
    }

    /** The whole document of a YAML text; {@code where} names it in errors. */
    public static Fields yaml(String text, String where) {
        return parse(YAML, text, where);
    }

    /** A file's text, UTF-8, of at most 1 GiB. */
    public static String text(Path file) {
        return text(file, MAX_BYTES);
    }

    /** A file's text, UTF-8, of at most {@code maxBytes}. */
    public static String text(Path file, long maxBytes) {
        if (!Files.isReadable(file)) {
            throw new InputException(file + " cannot be read: there is no such readable file.");
        }
        try {
            if (Files.size(file) > maxBytes) {
                throw new InputException(file + " is larger than " + (maxBytes >> 20) + " MiB, which is the most this program reads of such a file.");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new InputException(file + " cannot be read as UTF-8 text: " + e + ".", e);
        }
    }

    private static Fields parse(ObjectMapper mapper, String text, String where) {
        try {
            return new Fields(where, mapper.readTree(text));
        } catch (JacksonException e) {
            var at = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new InputException(where + " is not well formed" + at + ": "
                    + e.getOriginalMessage().lines().findFirst().orElse("unknown error") + ".", e);
        }
    }

    /** Demands an object with no other keys than these. */
    public Fields only(String... keys) {
        demand(node.isObject(), "an object");
        for (var key : node.propertyNames()) {
            if (!Arrays.asList(keys).contains(key)) {
                throw new InputException(where + ": unknown key '" + key + "'; known keys are " + String.join(", ", keys) + ".");
            }
        }
        return this;
    }

    /** The value under a key, which must be there. */
    public Fields at(String key) {
        return find(key).orElseThrow(() -> new InputException(where + ": the key '" + key + "' is missing."));
    }

    /** The value under a key; empty when the key is absent or null. */
    public Optional<Fields> find(String key) {
        demand(node.isObject(), "an object");
        var value = node.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(new Fields(where + ": " + key, value));
    }

    /** The elements of an array, each with its index in its place. */
    public List<Fields> items() {
        demand(node.isArray(), "an array");
        var items = new ArrayList<Fields>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(new Fields(where + "[" + i + "]", node.get(i)));
        }
        return items;
    }

    /** The members of an object, in file order. */
    public Map<String, Fields> members() {
        demand(node.isObject(), "an object");
        var members = new LinkedHashMap<String, Fields>();
        node.forEachEntry((key, value) -> members.put(key, new Fields(where + ": " + key, value)));
        return members;
    }

    /** The elements of an array of non-blank strings. */
    public List<String> texts() {
        return items().stream().map(Fields::text).toList();
    }

    /** A string that is not blank. */
    public String text() {
        demand(node.isString() && !node.stringValue().isBlank(), "a non-empty string");
        return node.stringValue();
    }

    /** A string, which may be blank: what a model said. */
    public String anyText() {
        demand(node.isString(), "a string");
        return node.stringValue();
    }

    /** A string or a whole number, as text: identifiers come as either. */
    public String identifier() {
        return node.isIntegralNumber() ? node.asString() : text();
    }

    public boolean truth() {
        demand(node.isBoolean(), "true or false");
        return node.booleanValue();
    }

    /** A finite number of at least {@code least}. */
    public double number(double least) {
        demand(node.isNumber() && Double.isFinite(node.doubleValue()) && node.doubleValue() >= least, "a number of at least " + least);
        return node.doubleValue();
    }

    /** The error to throw when the value here is of the right type, yet wrong. */
    public InputException wrong(String message) {
        return new InputException(where + ": " + message);
    }

    private void demand(boolean holds, String expected) {
        if (!holds) {
            var shown = node.toString();
            throw wrong("expected " + expected + ", found " + (shown.length() > 60 ? shown.substring(0, 60) + "…" : shown) + ".");
        }
    }
}
