package org.drllava.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.drllava.bindings.cublas.Cublas;
import org.drllava.bindings.cublas.Matrices;
import org.drllava.bindings.cuda.Cuda;
import org.drllava.bindings.cuda.CudaGraph;
import org.drllava.bindings.cuda.CudaMemory;
import org.drllava.bindings.cuda.CudaStream;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.Matrix;
import org.drllava.bindings.kernels.RowKernels;

/**
 * A GPU as {@link Kernels} use it, for the life of the process: cuBLAS, and which stream work goes to. That is the default
 * stream, libtorch's own, so that kernels, products and operators follow each other in the order in which they are called.
 * Only what {@link #record} keeps for a graph goes to another.
 */
final class Gpu {
    private static final long WORKSPACE_BYTES = 32L << 20; // what cuBLAS takes for itself on the largest GPUs
    private static final Map<Integer, Gpu> GPUS = new ConcurrentHashMap<>();
    private static final ThreadLocal<Integer> CURRENT = ThreadLocal.withInitial(() -> -1);
    private static volatile boolean hostStandsIn;

    private final ReentrantLock lock = new ReentrantLock();
    private final MemorySegment workspace = CudaMemory.device(Arena.global(), WORKSPACE_BYTES);
    private final Cublas cublas = Cublas.open();
    private CudaStream stream;
    private MemorySegment scratch = MemorySegment.NULL;

    private Gpu() {
        use(CudaStream.DEFAULT);
    }

    /** For tests without a GPU: what lies in the host's memory counts as a GPU's, and stand-ins for NVIDIA's libraries work on it. */
    static void hostStandsIn(boolean on) {
        hostStandsIn = on;
    }

    static boolean holds(Device device) {
        return hostStandsIn || device instanceof Device.Cuda;
    }

    /** Why the kernels for GPUs cannot be used, or null when they can. */
    static String lack() {
        if (!KernelLibrary.CUDA.available()) {
            return KernelLibrary.CUDA.description();
        }
        try {
            Cublas.version();
            return null;
        } catch (NativeLibraryException e) {
            return e.getMessage();
        }
    }

    /** The GPU of {@code device}, which becomes the calling thread's. */
    static Gpu of(Device device) {
        int index = device.ordinal();
        if (CURRENT.get() != index) {
            Cuda.use(index);
            CURRENT.set(index);
        }
        return GPUS.computeIfAbsent(index, _ -> new Gpu());
    }

    /** Where a tensor on a GPU lies. */
    static MemorySegment memory(Tensor tensor) {
        if (!holds(tensor.device())) {
            throw new IllegalArgumentException(tensor + " does not lie on a GPU");
        }
        return tensor.memory();
    }

    /** {@code y = alpha x W'}, or {@code +=} with {@code add}. */
    void linear(Matrix y, Matrix x, PackedWeight.Plain weight, double alpha, boolean add, long rows) {
        lock.lock();
        try {
            Matrices factor = factor(x, weight.dtype(), rows, weight.in());
            Matrices result = floats(y);
            int from = 0;
            for (Tensor part : weight.tensors()) {
                int out = (int) part.size(0);
                if (weight.back()) {
                    product(part, true, columns(factor, from), result, rows, alpha, add || from > 0);
                } else {
                    product(part, false, factor, columns(result, from), rows, alpha, add);
                }
                from += out;
            }
        } finally {
            lock.unlock();
        }
    }

    /** {@code y += low B'}, each of the weights meeting columns of {@code low} of its own. */
    void update(Matrix y, Matrix low, PackedWeight.Plain b, long rows) {
        if (b.back()) {
            linear(y, low, b, 1, true, rows);
            return;
        }
        lock.lock();
        try {
            int from = 0;
            int rank = 0;
            for (Tensor part : b.tensors()) {
                product(part, false, columns(floats(low), rank), columns(floats(y), from), rows, 1, true);
                from += (int) part.size(0);
                rank += (int) part.size(1);
            }
        } finally {
            lock.unlock();
        }
    }

    /** By columns, as cuBLAS sees memory: yᵀ [out, rows] = W [out, in] xᵀ [in, rows], or with Wᵀ on the way back. */
    private void product(Tensor weight, boolean back, Matrices x, Matrices y, long rows, double alpha, boolean add) {
        int out = (int) weight.size(0);
        int in = (int) weight.size(1);
        var sizes = back ? new Cublas.Sizes(in, (int) rows, out, 1) : new Cublas.Sizes(out, (int) rows, in, 1);
        var matrix = new Matrices(memory(weight), x.type(), in, 0, !back);
        cublas.product(sizes, (float) alpha, matrix, x, add ? 1 : 0, y, Cublas.Compute.FLOAT32);
    }

    /** {@code dw = scale · dyᵀ x}, or {@code +=} with {@code add}. @param dw [out, in] */
    void weightGradient(Matrix dw, Matrix dy, Matrix x, double scale, boolean add, long rows, long out, long in) {
        Matrices transposed = new Matrices(dy.data(), Matrices.Type.FLOAT32, (int) dy.ld(), 0, true);
        lock.lock();
        try {
            cublas.product(new Cublas.Sizes((int) in, (int) out, (int) rows, 1), (float) scale, floats(x), transposed, add ? 1 : 0, floats(dw),
                    Cublas.Compute.FLOAT32);
        } finally {
            lock.unlock();
        }
    }

    /** Copies on this GPU, in its turn. */
    void copy(MemorySegment from, MemorySegment to) {
        lock.lock();
        try {
            stream.copy(from, to);
        } finally {
            lock.unlock();
        }
    }

    /** {@code x} in the type of the weights that it meets; rounded, it lies where the next product's will. */
    private Matrices factor(Matrix x, DType dtype, long rows, long n) {
        return switch (dtype) {
            case FLOAT32 -> floats(x);
            case BFLOAT16 -> {
                MemorySegment rounded = scratch(rows * n * dtype.bytes());
                RowKernels.roundBfloat16(KernelLibrary.CUDA, rounded, x, rows, n);
                yield new Matrices(rounded, Matrices.Type.BFLOAT16, (int) n, 0, false);
            }
            default -> throw new IllegalArgumentException("products have weights of float32 or bfloat16, not of " + dtype);
        };
    }

    /** Memory that has become too small stays, as graphs may know it. */
    private MemorySegment scratch(long bytes) {
        if (scratch.byteSize() < bytes) {
            scratch = CudaMemory.device(Arena.global(), Math.max(bytes, 2 * scratch.byteSize()));
        }
        return scratch;
    }

    private static Matrices floats(Matrix matrix) {
        return new Matrices(matrix.data(), Matrices.Type.FLOAT32, (int) matrix.ld(), 0, false);
    }

    private static Matrices columns(Matrices matrix, long from) {
        long bytes = matrix.type() == Matrices.Type.BFLOAT16 ? Short.BYTES : Float.BYTES;
        return new Matrices(matrix.memory().asSlice(from * bytes), matrix.type(), matrix.leading(), 0, matrix.transpose());
    }

    /** What {@code work} gives this GPU to do by kernels and products, kept for a graph and not done. */
    CudaGraph record(Runnable work) {
        lock.lock();
        try (CudaStream recording = CudaStream.create(CudaStream.Order.INDEPENDENT)) {
            use(recording);
            return recording.capture(work);
        } finally {
            use(CudaStream.DEFAULT);
            lock.unlock();
        }
    }

    /** Does it, when what was called before is done. */
    void launch(CudaGraph graph) {
        graph.launch(CudaStream.DEFAULT);
    }

    private void use(CudaStream next) {
        stream = next;
        KernelLibrary.CUDA.stream(next.handle());
        cublas.stream(next);
        cublas.workspace(workspace);
    }
}
