package org.drllava.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.drllava.common.InputException;
import org.drllava.tensor.DType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** A safetensors header, read as a stream so that a hostile one costs no more memory than its own size demands. */
record SafetensorsHeader(SortedMap<String, String> metadata, List<Entry> entries) {
    /** The reference implementation's limit. */
    static final int MAX_BYTES = 100_000_000;

    static final String METADATA = "__metadata__";

    /** libtorch iterates over at most this many dimensions. */
    private static final int MAX_RANK = 64;

    private static final Map<String, DType> DTYPES =
            Stream.of(DType.values()).collect(Collectors.toMap(DType::safetensorsName, Function.identity()));

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names come from outside and are seen once: a shared symbol table would only grow with them.
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(3)
                    .maxNameLength(MAX_BYTES)
                    .maxStringLength(MAX_BYTES)
                    .build())
            .build();

    /** Bytes {@code [begin, end)} of the data section. */
    record Entry(String name, DType dtype, long[] shape, long begin, long end) {}

    /** @param dataBytes size of the data section, which the entries must fill exactly */
    static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
        if (json.length == 0 || json[0] != '{') {
            throw new InputException(file + ": the header must start with '{'");
        }
        // A decoder of our own: Jackson would guess UTF-16 or UTF-32, and replace malformed bytes.
        var text = new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
        try (var parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            var header = new Reader(file, parser).header();
            return new SafetensorsHeader(header.metadata, tiling(file, header.entries, dataBytes));
        } catch (JacksonException e) {
            throw new InputException("%s: the header is not valid JSON of a safetensors file: %s"
                    .formatted(file, e.getCause() instanceof CharacterCodingException ? "not UTF-8" : e.getOriginalMessage()), e);
        }
    }

    /** The entries in the order of their data, which may have neither holes nor overlaps nor a rest. */
    private static List<Entry> tiling(Path file, List<Entry> entries, long dataBytes) {
        var ordered = entries.stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end)).toList();
        long expected = 0;
        for (var entry : ordered) {
            if (entry.begin != expected) {
                throw new InputException("%s: tensor %s: its data start at %d, but the data before it end at %d (%s)"
                        .formatted(file, Quote.name(entry.name), entry.begin, expected,
                                entry.begin < expected ? "overlap" : "hole"));
            }
            expected = entry.end;
        }
        if (expected != dataBytes) {
            throw new InputException("%s: the tensors take %d bytes of data, but the file has %d (%s)"
                    .formatted(file, expected, dataBytes, expected > dataBytes ? "cut off" : "surplus at the end"));
        }
        return ordered;
    }

    /** One pass over the tokens. */
    private static final class Reader {
        private final Path file;
        private final JsonParser parser;
        private final SortedMap<String, String> metadata = new TreeMap<>();
        private final List<Entry> entries = new ArrayList<>();

        Reader(Path file, JsonParser parser) {
            this.file = file;
            this.parser = parser;
        }

        Reader header() {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                if (name.equals(METADATA)) {
                    readMetadata();
                } else {
                    entries.add(readEntry(name));
                }
            }
            if (parser.nextToken() != null) {
                throw new InputException(file + ": the header goes on after its JSON object");
            }
            return this;
        }

        private void readMetadata() {
            expect(JsonToken.START_OBJECT, METADATA, "an object of strings");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var key = parser.currentName();
                expect(JsonToken.VALUE_STRING, METADATA, "only strings, but %s is none".formatted(Quote.name(key)));
                metadata.put(key, parser.getString());
            }
        }

        private Entry readEntry(String name) {
            expect(JsonToken.START_OBJECT, name, "an object with dtype, shape and data_offsets");
            DType dtype = null;
            long[] shape = null;
            long[] offsets = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                switch (parser.currentName()) {
                    case "dtype" -> dtype = readDtype(name);
                    case "shape" -> shape = readSizes(name, "shape", MAX_RANK);
                    case "data_offsets" -> offsets = readSizes(name, "data_offsets", 2);
                    case String other -> throw broken(name, "unknown field " + Quote.name(other));
                }
            }
            if (dtype == null || shape == null || offsets == null) {
                throw broken(name, "%s is missing".formatted(
                        dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
            }
            return checked(name, dtype, shape, offsets);
        }

        private Entry checked(String name, DType dtype, long[] shape, long[] offsets) {
            if (offsets.length != 2 || offsets[0] > offsets[1]) {
                throw broken(name, "data_offsets %s are not [begin, end] with begin <= end"
                        .formatted(Arrays.toString(offsets)));
            }
            long bytes;
            try {
                bytes = Math.multiplyExact(StoredTensor.elements(shape), (long) dtype.bytes());
            } catch (ArithmeticException _) {
                throw broken(name, "shape %s overflows".formatted(Arrays.toString(shape)));
            }
            if (bytes != offsets[1] - offsets[0]) {
                throw broken(name, "%s %s takes %d bytes, but data_offsets %s hold %d".formatted(
                        dtype.safetensorsName(), Arrays.toString(shape), bytes,
                        Arrays.toString(offsets), offsets[1] - offsets[0]));
            }
            return new Entry(name, dtype, shape, offsets[0], offsets[1]);
        }

        private DType readDtype(String tensor) {
            expect(JsonToken.VALUE_STRING, tensor, "a dtype string");
            var known = DTYPES.get(parser.getString());
            if (known == null) {
                throw broken(tensor, "dtype %s is not one of %s".formatted(
                        Quote.name(parser.getString()), new TreeMap<>(DTYPES).keySet()));
            }
            return known;
        }

        private long[] readSizes(String tensor, String field, int most) {
            expect(JsonToken.START_ARRAY, tensor, field + " as an array");
            var sizes = new long[most];
            int count = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (count == most) {
                    throw broken(tensor, "%s has more than %d numbers".formatted(field, most));
                }
                if (!isSize()) {
                    throw broken(tensor, field + " holds something else than whole numbers from 0 to 2^63-1");
                }
                sizes[count++] = parser.getLongValue();
            }
            return Arrays.copyOf(sizes, count);
        }

        private boolean isSize() {
            return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                    && !parser.getString().startsWith("-");
        }

        private void expect(JsonToken token, String tensor, String what) {
            if (parser.nextToken() != token) {
                throw broken(tensor, "expected " + what);
            }
        }

        private InputException broken(String tensor, String reason) {
            return new InputException("%s: tensor %s: %s".formatted(file, Quote.name(tensor), reason));
        }
    }
}
