package org.drllava.bindings.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.util.Map;
import org.drllava.bindings.DeclaredFunctions;
import org.junit.jupiter.api.Test;

class LibTorchTest extends DeclaredFunctions {
    @Override
    protected Map<String, FunctionDescriptor> bound() {
        return LibTorch.bound();
    }

    @Override
    protected String table() {
        return "torch";
    }

    @Test
    void theVersionIsTheOneWhoseLibraryIsOnTheClassPath() {
        assertThat(TorchRuntime.version()).isEqualTo("2.13.0");
    }
}
