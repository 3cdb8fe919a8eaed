package org.drllava.bindings.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Map;
import org.drllava.bindings.NvidiaFunctions;
import org.drllava.bindings.host.Probe;
import org.junit.jupiter.api.Test;

class LibCudartTest extends NvidiaFunctions {
    @Override
    protected Map<String, FunctionDescriptor> bound() {
        return LibCudart.bound();
    }

    @Override
    protected SymbolLookup library() {
        return LibCudart.library();
    }

    @Override
    protected String table() {
        return "cuda";
    }

    @Override
    protected List<StructLayout> structs() {
        return List.of(LibCudart.cudaDeviceProp, LibCudart.cudaPointerAttributes);
    }

    @Test
    void versionsNeedNoDevice() {
        requireLibrary();
        assertThat(Cuda.runtimeVersion()).matches("1[23]\\.\\d+");
        assertThat(Cuda.driverVersion()).matches("\\d+\\.\\d+");
        assertThat(CudaProbe.runtime()).isInstanceOfSatisfying(Probe.Found.class, found -> assertThat(found.detail()).contains("libcudart.so"));
    }

    /** Whatever a call needs a device for, it says so itself, and the process lives on. */
    @Test
    void withoutADeviceEveryCallGivesCudasOwnError() {
        requireNoDevice();
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(Cuda::deviceCount).isInstanceOf(CudaException.class)
                    .hasMessage("cudaGetDeviceCount failed: cudaErrorInsufficientDriver, CUDA driver version is insufficient for CUDA runtime version");
            assertThatThrownBy(() -> Cuda.use(0)).isInstanceOf(CudaException.class).hasMessageStartingWith("cudaSetDevice(0) failed: cudaError");
            assertThatThrownBy(() -> Cuda.device(0)).isInstanceOf(CudaException.class).hasMessageStartingWith("cudaGetDeviceProperties(0) failed: cudaError");
            assertThatThrownBy(Cuda::memory).isInstanceOf(CudaException.class).hasMessageStartingWith("cudaMemGetInfo failed: cudaError");
            assertThatThrownBy(Cuda::synchronize).isInstanceOf(CudaException.class);
            assertThatThrownBy(() -> CudaMemory.device(arena, 64)).isInstanceOf(CudaException.class).hasMessageStartingWith("cudaMalloc(64) failed: cudaError");
            assertThatThrownBy(() -> CudaMemory.pinned(arena, 64)).isInstanceOf(CudaException.class).hasMessageStartingWith("cudaHostAlloc(64) failed: cudaError");
            assertThatThrownBy(() -> CudaMemory.register(arena, arena.allocate(4096))).isInstanceOf(CudaException.class);
            assertThatThrownBy(() -> CudaMemory.kind(arena.allocate(8))).isInstanceOf(CudaException.class);
            assertThatThrownBy(() -> CudaStream.create(CudaStream.Order.INDEPENDENT)).isInstanceOf(CudaException.class)
                    .hasMessageStartingWith("cudaStreamCreateWithFlags(INDEPENDENT) failed: cudaError");
            assertThatThrownBy(() -> CudaEvent.create(true)).isInstanceOf(CudaException.class);
        }
    }
}
