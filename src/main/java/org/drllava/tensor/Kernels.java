package org.drllava.tensor;

import static org.drllava.bindings.kernels.KernelLibrary.CPU;
import static org.drllava.bindings.kernels.KernelLibrary.CUDA;

import org.drllava.bindings.kernels.KernelLibrary;

/**
 * The project's own kernels on float32 tensors, for passes that autograd does not record. Unlike {@link Ops} they write into
 * tensors that the caller made. All tensors of a call lie on one device, which decides on the library. They are called by
 * {@link Products}, {@link Layers}, {@link Attention}, {@link KeyValueCache}, {@link Vocabulary}, {@link Sampler} and
 * {@link Training}.
 *
 * <p>On the CPU they work on the calling thread and those that help it, and give a row the same bits whatever the other rows of
 * the call are. On a GPU they put work on its default stream; products are cuBLAS's, whose last bits depend on the number of rows. Wrong numbers in
 * a GPU's index tensors are told when results are next read ({@link Tensor#toFloats}).
 */
public final class Kernels {
    private Kernels() {}

    /** Whether this build has them and the device can run them; calls throw otherwise. */
    public static boolean available(Device device) {
        return onGpu(device) ? Gpu.lack() == null : CPU.available();
    }

    /** Whether they can work on {@code x}: float32 on a device that has them. */
    public static boolean suit(Tensor x) {
        return x.dtype() == DType.FLOAT32 && available(x.device());
    }

    /** The instruction set in use, or why there are no kernels. */
    public static String description(Device device) {
        return !onGpu(device) ? CPU.description() : Gpu.lack() == null ? CUDA.description() : Gpu.lack();
    }

    /** Whether tensors of this device lie on a GPU. */
    public static boolean onGpu(Device device) {
        return Gpu.holds(device);
    }

    /** Waits for a GPU's work before its results are read. @throws org.drllava.bindings.kernels.KernelException for a fault that a kernel found */
    static void settle(Device device) {
        if (onGpu(device) && CUDA.available()) {
            CUDA.synchronize();
        }
    }

    /** The library that works where {@code x} lies. */
    static KernelLibrary on(Tensor x) {
        Device device = x.device();
        if (!onGpu(device)) {
            return CPU;
        }
        Gpu.of(device);
        return CUDA;
    }

    static KernelLibrary on(Columns x) {
        return on(x.matrix());
    }

    /** Shares the calling thread's further calls among so many threads, itself among them; their bits do not depend on it. */
    static void threads(int threads) {
        CPU.threads(threads);
    }

    /**
     * Copies elements between a GPU's tensor and one here, all work before being done; makes no tensors.
     *
     * @throws org.drllava.bindings.kernels.KernelException for a fault that a kernel on the GPU has found since the last copy
     */
    public static void copy(Tensor from, Tensor to) {
        settle(from.device());
        Ops.copyInto(to, from);
    }
}
