package org.drllava.bindings.cublas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.SymbolLookup;
import java.util.Map;
import org.drllava.bindings.NvidiaFunctions;
import org.junit.jupiter.api.Test;

class LibCublasTest extends NvidiaFunctions {
    @Override
    protected Map<String, FunctionDescriptor> bound() {
        return LibCublas.bound();
    }

    @Override
    protected SymbolLookup library() {
        return LibCublas.library();
    }

    @Override
    protected String table() {
        return "cublas";
    }

    @Test
    void itsVersionNeedsNoDevice() {
        requireLibrary();
        assertThat(Cublas.version()).matches("1[23]\\.\\d+\\.\\d+");
    }

    @Test
    void withoutADeviceItDoesNotOpenAndSaysSo() {
        requireNoDevice();
        assertThatThrownBy(Cublas::open).isInstanceOf(CublasException.class)
                .hasMessage("cublasCreate failed: CUBLAS_STATUS_NOT_INITIALIZED, the library was not initialized");
    }
}
