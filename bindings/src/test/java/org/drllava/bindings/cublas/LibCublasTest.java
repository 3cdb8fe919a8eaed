package org.drllava.bindings.cublas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.FunctionDescriptor;
import java.util.Map;
import org.drllava.bindings.DeclaredFunctions;
import org.drllava.bindings.Installed;
import org.drllava.bindings.cuda.Cuda;
import org.junit.jupiter.api.Test;

class LibCublasTest extends DeclaredFunctions {
    @Override
    protected Map<String, FunctionDescriptor> bound() {
        return LibCublas.bound();
    }

    @Override
    protected String table() {
        return "cublas";
    }

    @Test
    void theRealLibraryHasEveryFunction() {
        Installed.requireEvery(bound(), LibCublas::library);
    }

    @Test
    void itsVersionNeedsNoDevice() {
        Installed.require(LibCublas::library);
        assertThat(Cublas.version()).matches("1[23]\\.\\d+\\.\\d+");
    }

    @Test
    void withoutADeviceItDoesNotOpenAndSaysSo() {
        Installed.require(LibCublas::library);
        assumeTrue(Cuda.driverVersion().equals("0.0"), "there is a driver");
        assertThatThrownBy(Cublas::open).isInstanceOf(CublasException.class)
                .hasMessage("cublasCreate failed: CUBLAS_STATUS_NOT_INITIALIZED, the library was not initialized");
    }
}
