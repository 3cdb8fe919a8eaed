package org.drllava.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What must hold for the hand-written descriptors of every library. */
public abstract class DeclaredFunctions {
    /** Descriptors by C name. */
    protected abstract Map<String, FunctionDescriptor> bound();

    /** The library's name under {@code abi/}. */
    protected abstract String table();

    /** Layouts of structs, each named after the C struct. */
    protected List<StructLayout> structs() {
        return List.of();
    }

    @Test
    void everyFunctionIsDeclaredAsTheHeadersDeclareIt() {
        assertThat(bound()).hasSizeGreaterThan(5);
        Signatures.check(bound(), table());
    }

    @Test
    void everyStructIsLaidOutAsTheHeadersLayItOut() {
        structs().forEach(struct -> Signatures.check(struct, table()));
    }

    /** A 32-bit word where C has 64, or the other way round, in any argument of any function, is found. */
    @Test
    void aWrongWidthInAnyArgumentIsFound() {
        int planted = 0;
        for (Map.Entry<String, FunctionDescriptor> function : bound().entrySet()) {
            List<MemoryLayout> arguments = function.getValue().argumentLayouts();
            for (int i = 0; i < arguments.size(); i++) {
                MemoryLayout[] layouts = planted(arguments, i).toArray(MemoryLayout[]::new);
                FunctionDescriptor descriptor = function.getValue().returnLayout()
                        .map(result -> FunctionDescriptor.of(result, layouts)).orElseGet(() -> FunctionDescriptor.ofVoid(layouts));
                Map<String, FunctionDescriptor> wrong = new TreeMap<>(bound());
                wrong.put(function.getKey(), descriptor);
                assertThatThrownBy(() -> Signatures.check(wrong, table())).isInstanceOf(AssertionError.class)
                        .hasMessageContaining(function.getKey());
                planted++;
            }
        }
        assertThat(planted).isGreaterThan(bound().size());
    }

    @Test
    void aWrongWidthInAnyFieldIsFound() {
        for (StructLayout struct : structs()) {
            List<MemoryLayout> fields = struct.memberLayouts();
            for (int i = 0; i < fields.size(); i++) {
                if (fields.get(i).name().isPresent()) {
                    StructLayout wrong = struct(planted(fields, i)).withName(struct.name().orElseThrow());
                    assertThatThrownBy(() -> Signatures.check(wrong, table())).isInstanceOf(AssertionError.class)
                            .hasMessageContaining(struct.name().orElseThrow());
                }
            }
        }
    }

    private static List<MemoryLayout> planted(List<MemoryLayout> layouts, int index) {
        List<MemoryLayout> wrong = new ArrayList<>(layouts);
        MemoryLayout right = layouts.get(index);
        MemoryLayout other = right instanceof ValueLayout.OfInt ? ADDRESS : JAVA_INT;
        wrong.set(index, right.name().map(other::withName).orElse(other));
        return wrong;
    }

    private static StructLayout struct(List<MemoryLayout> fields) {
        return MemoryLayout.structLayout(fields.stream().map(DeclaredFunctions::unaligned).toArray(MemoryLayout[]::new));
    }

    private static MemoryLayout unaligned(MemoryLayout field) {
        return field instanceof SequenceLayout array
                ? MemoryLayout.sequenceLayout(array.elementCount(), unaligned(array.elementLayout())).withName(array.name().orElseThrow())
                : field.withByteAlignment(1);
    }
}
