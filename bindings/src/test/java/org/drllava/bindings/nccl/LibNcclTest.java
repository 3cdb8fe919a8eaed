package org.drllava.bindings.nccl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Map;
import org.drllava.bindings.NvidiaFunctions;
import org.drllava.bindings.host.Probe;
import org.junit.jupiter.api.Test;

class LibNcclTest extends NvidiaFunctions {
    @Override
    protected Map<String, FunctionDescriptor> bound() {
        return LibNccl.bound();
    }

    @Override
    protected SymbolLookup library() {
        return LibNccl.library();
    }

    @Override
    protected String table() {
        return "nccl";
    }

    @Override
    protected List<StructLayout> structs() {
        return List.of(LibNccl.ncclUniqueId, LibNccl.ncclConfig_t);
    }

    @Test
    void versionAndUniqueIdNeedNoDevice() {
        requireLibrary();
        assertThat(NcclCommunicator.version()).matches("2\\.\\d+\\.\\d+");
        byte[] id = NcclCommunicator.newId();
        assertThat(id).hasSize(128).isNotEqualTo(NcclCommunicator.newId());
        assertThat(NcclProbe.run()).isInstanceOfSatisfying(Probe.Found.class, found -> assertThat(found.detail()).contains("libnccl.so.2"));
    }

    @Test
    void groupsNeedNoDevice() {
        requireLibrary();
        NcclCommunicator.group(() -> {});
    }

    @Test
    void withoutADeviceACommunicatorFailsWithTheLibrarysOwnError() {
        requireNoDevice();
        byte[] id = NcclCommunicator.newId();
        assertThatThrownBy(() -> NcclCommunicator.join(id, 1, 0, true)).isInstanceOf(NcclException.class)
                .hasMessageStartingWith("ncclCommInitRankConfig(rank 0 of 1) failed: unhandled cuda error").hasMessageContaining("CUDA driver version is insufficient");
    }
}
