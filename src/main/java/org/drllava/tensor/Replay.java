package org.drllava.tensor;

import java.util.concurrent.atomic.AtomicBoolean;
import org.drllava.bindings.cublas.CublasException;
import org.drllava.bindings.cuda.CudaException;
import org.drllava.bindings.cuda.CudaGraph;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.kernels.KernelException;
import org.drllava.common.Progress;

/**
 * Work that a GPU is given again and again: the same {@link Kernels} on the same tensors. It is recorded as a CUDA graph when it
 * comes the second time, and from then on given with one call. Where it cannot be recorded it is done call by call.
 */
public final class Replay implements AutoCloseable {
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private enum State { NEW, WARM, RECORDED, PLAIN }

    private final Gpu gpu;
    private final Runnable work;
    private State state = State.NEW;
    private CudaGraph graph;

    /** @param work makes no tensors and reads none; what it works on must outlive this */
    public Replay(Device device, Runnable work) {
        gpu = Gpu.of(device);
        this.work = work;
    }

    /** Puts the work on its way. */
    public void run() {
        if (state == State.WARM) {
            record();
        }
        if (state == State.RECORDED) {
            gpu.launch(graph);
        } else {
            work.run();
        }
        // The first time, libraries load and take memory, which a recording could not keep.
        state = state == State.NEW ? State.WARM : state;
    }

    private void record() {
        try {
            graph = gpu.record(work);
            state = State.RECORDED;
        } catch (CudaException | CublasException | KernelException | NativeLibraryException e) {
            state = State.PLAIN;
            if (TOLD.compareAndSet(false, true)) {
                Progress.warn("a GPU is given its steps call by call, as they could not be recorded as a CUDA graph: " + e.getMessage());
            }
        }
    }

    /** Whether the work is given as a graph. */
    public boolean recorded() {
        return state == State.RECORDED;
    }

    @Override
    public void close() {
        if (graph != null) {
            graph.close();
            graph = null;
        }
    }
}
