package org.drllava.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SignaturesTest {
    @Test
    void acceptsWhatTheHeadersDeclare() {
        assertThatCode(() -> Signatures.check(Map.of(
                        "aoti_torch_abi_version", FunctionDescriptor.of(JAVA_LONG),
                        "torch_set_requires_grad", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_BOOLEAN),
                        "_ZN3c1010TensorImpl12mutable_gradEv", FunctionDescriptor.of(ADDRESS, ADDRESS))))
                .doesNotThrowAnyException();
    }

    @Test
    void namesTheFunctionWhoseFlagIsAnIntWhereTheHeaderSaysBool() {
        var wrong = Map.of("torch_set_requires_grad", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        assertThatThrownBy(() -> Signatures.check(wrong))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("torch_set_requires_grad")
                .hasMessageContaining("(PZ)I");
    }

    @Test
    void namesAFunctionThatNoHeaderHas() {
        assertThatThrownBy(() -> Signatures.check(Map.of("aoti_torch_nonsense", FunctionDescriptor.ofVoid())))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("aoti_torch_nonsense");
    }

    @Test
    void spellsStructsByName() {
        var id = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(128, JAVA_BYTE)).withName("ncclUniqueId");
        assertThat(Signatures.letters(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, id, JAVA_INT)))
                .isEqualTo("(PI{ncclUniqueId}I)I");
    }
}
