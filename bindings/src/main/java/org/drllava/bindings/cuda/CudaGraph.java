package org.drllava.bindings.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.drllava.bindings.host.NativeCalls;

/** Works of a stream that were captured and can be launched again and again, all with one call. */
public final class CudaGraph implements AutoCloseable {
    private final MemorySegment executable;

    private CudaGraph(MemorySegment executable) {
        this.executable = executable;
    }

    /** Takes {@code graph} over. */
    static CudaGraph instantiate(MemorySegment graph) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            int status = (int) LibCudart.cudaGraphInstantiate.invokeExact(out, graph, 0L);
            int destroyed = (int) LibCudart.cudaGraphDestroy.invokeExact(graph);
            LibCudart.check(status, "cudaGraphInstantiate");
            LibCudart.check(destroyed, "cudaGraphDestroy");
            return new CudaGraph(out.get(ADDRESS, 0));
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaGraphInstantiate", thrown);
        }
    }

    /** The memory that was captured must still be there. */
    public void launch(CudaStream stream) {
        int status;
        try {
            status = (int) LibCudart.cudaGraphLaunch.invokeExact(executable, stream.handle());
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaGraphLaunch", impossible);
        }
        LibCudart.check(status, "cudaGraphLaunch");
    }

    @Override
    public void close() {
        LibCudart.run(LibCudart.cudaGraphExecDestroy, "cudaGraphExecDestroy", executable);
    }
}
