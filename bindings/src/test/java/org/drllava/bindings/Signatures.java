package org.drllava.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Holds function descriptors against what a compiler read in the library's C headers. The tables under {@code abi/} have
 * a function a line, {@code name<TAB>(parameters)result}, with P for a pointer, Z bool, B, S, I, J integers of 8, 16, 32
 * and 64 bits, F and D floating point, V void, and {@code {name}} for a struct passed by value.
 */
public final class Signatures {
    private Signatures() {}

    /**
     * Fails unless every descriptor is what the headers of libtorch 2.13 declare. Names that begin with {@code _Z} are C++
     * methods, which the C headers do not have; they are passed over.
     *
     * @param bound descriptors by C name
     */
    public static void check(Map<String, FunctionDescriptor> bound) {
        check(bound, "torch");
    }

    /** As {@link #check(Map)}, with the table {@code abi/TABLE.tsv}. */
    public static void check(Map<String, FunctionDescriptor> bound, String table) {
        Map<String, String> declared = declared(table);
        var expected = new TreeMap<String, String>();
        var actual = new TreeMap<String, String>();
        bound.forEach((name, descriptor) -> {
            if (!name.startsWith("_Z")) {
                expected.put(name, declared.getOrDefault(name, "not in abi/" + table + ".tsv"));
                actual.put(name, letters(descriptor));
            }
        });
        assertThat(actual).isEqualTo(expected);
    }

    /** A descriptor in the tables' letters. */
    public static String letters(FunctionDescriptor descriptor) {
        return descriptor.argumentLayouts().stream().map(Signatures::letter).collect(Collectors.joining("", "(", ")"))
                + descriptor.returnLayout().map(Signatures::letter).orElse("V");
    }

    private static String letter(MemoryLayout layout) {
        return switch (layout) {
            case AddressLayout address -> "P";
            case ValueLayout value -> value.carrier().descriptorString();
            case GroupLayout struct -> "{" + struct.name().orElse("") + "}";
            default -> throw new IllegalArgumentException(layout + " cannot be a parameter");
        };
    }

    private static Map<String, String> declared(String table) {
        try (var in = Signatures.class.getResourceAsStream("/abi/" + table + ".tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .collect(Collectors.toMap(columns -> columns[0], columns -> columns[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
