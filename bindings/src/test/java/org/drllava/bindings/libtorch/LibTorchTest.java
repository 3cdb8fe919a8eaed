package org.drllava.bindings.libtorch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.bindings.Signatures;
import org.junit.jupiter.api.Test;

class LibTorchTest {
    @Test
    void everyFunctionIsDeclaredAsTheHeadersDeclareIt() {
        assertThat(LibTorch.bound()).containsKeys("torch_call_dispatcher", "aoti_torch_new_tensor_handle", "torch_new_stable_ivalue");
        Signatures.check(LibTorch.bound());
    }

    /** A 32-bit word where C has 64, or the other way round, in any argument of any function, is found. */
    @Test
    void aWrongWidthAnywhereIsFound() {
        int planted = 0;
        for (Map.Entry<String, FunctionDescriptor> function : LibTorch.bound().entrySet()) {
            List<MemoryLayout> arguments = function.getValue().argumentLayouts();
            for (int i = 0; i < arguments.size(); i++) {
                List<MemoryLayout> wrong = new ArrayList<>(arguments);
                wrong.set(i, arguments.get(i) instanceof ValueLayout.OfInt ? ADDRESS : JAVA_INT);
                MemoryLayout[] layouts = wrong.toArray(MemoryLayout[]::new);
                FunctionDescriptor descriptor = function.getValue().returnLayout()
                        .map(result -> FunctionDescriptor.of(result, layouts)).orElseGet(() -> FunctionDescriptor.ofVoid(layouts));
                Map<String, FunctionDescriptor> bound = new TreeMap<>(LibTorch.bound());
                bound.put(function.getKey(), descriptor);
                assertThatThrownBy(() -> Signatures.check(bound)).isInstanceOf(AssertionError.class)
                        .hasMessageContaining(function.getKey());
                planted++;
            }
        }
        assertThat(planted).isGreaterThan(50);
    }

    @Test
    void theVersionIsTheOneWhoseLibraryIsOnTheClassPath() {
        assertThat(TorchRuntime.version()).isEqualTo("2.13.0");
    }
}
