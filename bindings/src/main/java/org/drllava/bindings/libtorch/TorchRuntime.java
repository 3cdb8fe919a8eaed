package org.drllava.bindings.libtorch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/** What is not an ATen operator: making tensors, gradient slots, recording on and off, threads. */
public final class TorchRuntime {
    private TorchRuntime() {}

    /**
     * A tensor over memory that stays the caller's: a Java segment, a mapped file, or another tensor's data.
     *
     * @param data       at least the row-major extent of {@code shape}; must outlive the tensor
     * @param scalarType one of {@link ScalarTypes}
     * @param deviceType 0 for the CPU, 1 for CUDA
     */
    public static NativeTensor fromBlob(MemorySegment data, long[] shape, int scalarType, int deviceType, int deviceIndex) {
        CallFrame frame = CallFrame.current();
        MemorySegment out = frame.out();
        try {
            int status = (int) LibTorch.aoti_torch_create_tensor_from_blob.invokeExact(data, (long) shape.length,
                    frame.sizes(shape), frame.contiguousStrides(shape), 0L, scalarType, deviceType, deviceIndex, out);
            LibTorch.check(status, "aoti_torch_create_tensor_from_blob" + java.util.Arrays.toString(shape));
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        return new NativeTensor(out.get(ADDRESS, 0));
    }

    /** An uninitialised row-major tensor in libtorch's own memory. */
    public static NativeTensor empty(long[] shape, int scalarType, int deviceType, int deviceIndex) {
        CallFrame frame = CallFrame.current();
        MemorySegment out = frame.out();
        try {
            int status = (int) LibTorch.aoti_torch_empty_strided.invokeExact((long) shape.length, frame.sizes(shape),
                    frame.contiguousStrides(shape), scalarType, deviceType, deviceIndex, out);
            LibTorch.check(status, "aoti_torch_empty_strided" + java.util.Arrays.toString(shape));
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        return new NativeTensor(out.get(ADDRESS, 0));
    }

    /** A float32 tensor without dimensions on the CPU; it combines with tensors of any device and does not widen their dtype. */
    public static NativeTensor scalar(float value) {
        MemorySegment out = CallFrame.current().out();
        try {
            int status = (int) LibTorch.aoti_torch_scalar_to_tensor_float32.invokeExact(value, out);
            LibTorch.check(status, "aoti_torch_scalar_to_tensor_float32");
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        return new NativeTensor(out.get(ADDRESS, 0));
    }

    /** {@code a - alpha * b} with broadcasting, recorded by autograd: the way round the dispatcher's refusal of Scalar. */
    public static NativeTensor subtract(NativeTensor a, NativeTensor b, double alpha) {
        MemorySegment out = CallFrame.current().out();
        int status;
        try {
            status = (int) LibTorch.aoti_torch_aten_subtract_Tensor.invokeExact(a.handle(), b.handle(), alpha, out);
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        if (status != 0) {
            String text = LibTorch.lastError();
            throw new TorchException("aten::subtract(" + java.util.Arrays.toString(a.shape()) + ", "
                    + java.util.Arrays.toString(b.shape()) + "): " + text);
        }
        return new NativeTensor(out.get(ADDRESS, 0));
    }

    public static void setRequiresGrad(NativeTensor leaf, boolean requiresGrad) {
        try {
            int status = (int) LibTorch.torch_set_requires_grad.invokeExact(leaf.handle(), requiresGrad);
            LibTorch.check(status, "torch_set_requires_grad");
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
    }

    /**
     * Makes {@code gradient} the {@code .grad} of {@code leaf}, so that every later backward pass adds into its memory.
     * {@code .grad} has no C function; c10::TensorImpl::mutable_grad() returns the slot's address, itself a valid handle,
     * and a tensor handle's first word is the TensorImpl.
     */
    public static void assignGradient(NativeTensor leaf, NativeTensor gradient) {
        try {
            MemorySegment implementation = leaf.handle().reinterpret(8).get(ADDRESS, 0);
            MemorySegment slot = (MemorySegment) LibTorch.mutable_grad.invokeExact(implementation);
            int status = (int) LibTorch.aoti_torch_assign_tensors.invokeExact(gradient.handle(), slot);
            LibTorch.check(status, "aoti_torch_assign_tensors");
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
    }

    /** Whether this thread's operators are recorded for a backward pass. */
    public static boolean gradMode() {
        try {
            return (boolean) LibTorch.aoti_torch_grad_mode_is_enabled.invokeExact();
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
    }

    public static void setGradMode(boolean enabled) {
        try {
            LibTorch.aoti_torch_grad_mode_set_enabled.invokeExact(enabled);
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
    }

    /** Threads that one operator may use when this thread calls it. */
    public static void setThreads(int threads) {
        try {
            LibTorch.set_num_threads.invokeExact(threads);
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
    }

    /** Threads that one matrix product may use, whichever thread calls it (a setting of the whole process). */
    public static void setBlasThreads(int threads) {
        if (LibTorch.openblas_set_num_threads == null) {
            return;
        }
        try {
            LibTorch.openblas_set_num_threads.invokeExact(threads);
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
    }

    public static int threads() {
        MemorySegment out = CallFrame.current().out();
        try {
            int status = (int) LibTorch.torch_get_num_threads.invokeExact(out);
            LibTorch.check(status, "torch_get_num_threads");
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        return out.get(JAVA_INT, 0);
    }

    /** Version of the loaded library, for example 2.13.0: bytes of the ABI word from the top. */
    public static String version() {
        long word = LibTorch.VERSION;
        return ((word >>> 56) & 0xff) + "." + ((word >>> 48) & 0xff) + "." + ((word >>> 40) & 0xff);
    }
}
