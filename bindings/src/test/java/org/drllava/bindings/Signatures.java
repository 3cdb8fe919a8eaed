package org.drllava.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Holds function descriptors and struct layouts against what a compiler read in the library's C headers. The tables under
 * {@code abi/} are made by {@code tools/signatures}. They have a function a line, {@code name<TAB>(parameters)result}, with
 * P for a pointer, Z bool, B, S, I, J integers of 8, 16, 32 and 64 bits, F and D floating point, V void, and
 * {@code {name}} for a struct passed by value; or a struct, {@code name<TAB>{field@offset:letter …}size}. A line that
 * begins with # says which version they are of.
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

    /**
     * Fails unless a struct has the size that the headers give it and every field that the layout names lies where they say,
     * with that type. Fields that nobody uses may be padding.
     *
     * @param layout named after the C struct
     */
    public static void check(StructLayout layout, String table) {
        String name = layout.name().orElseThrow();
        String declared = declared(table).getOrDefault(name, "{}-1");
        int end = declared.lastIndexOf('}');
        List<String> fields = List.of(declared.substring(1, end).split(" "));
        assertThat(layout.byteSize()).as("size of %s", name).isEqualTo(Long.parseLong(declared.substring(end + 1)));
        assertThat(fields(layout)).as("fields of %s", name).isNotEmpty().isSubsetOf(fields);
    }

    private static List<String> fields(StructLayout layout) {
        return layout.memberLayouts().stream().filter(member -> member.name().isPresent())
                .map(member -> member.name().get() + "@" + layout.byteOffset(PathElement.groupElement(member.name().get())) + ":" + fieldLetter(member))
                .toList();
    }

    private static String fieldLetter(MemoryLayout member) {
        return member instanceof SequenceLayout array ? letter(array.elementLayout()) + "[" + array.elementCount() + "]" : letter(member);
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
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .collect(Collectors.toMap(columns -> columns[0], columns -> columns[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
