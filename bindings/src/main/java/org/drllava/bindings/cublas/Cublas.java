package org.drllava.bindings.cublas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.drllava.bindings.cuda.CudaStream;
import org.drllava.bindings.host.NativeCalls;

/** Matrix products on the device that was current when it was opened. One thread at a time may use it. */
public final class Cublas implements AutoCloseable {
    private static final int GEMM_DEFAULT = -1; // CUBLAS_GEMM_DEFAULT

    /** How products of the older functions are computed, {@code cublasMath_t}. */
    public enum MathMode {
        DEFAULT(0), PEDANTIC(2), TF32(3);

        private final int code;

        MathMode(int code) {
            this.code = code;
        }
    }

    /** In what a product adds up, {@code cublasComputeType_t}. */
    public enum Compute {
        FLOAT32(68), FLOAT32_PEDANTIC(69), TF32(77);

        private final int code;

        Compute(int code) {
            this.code = code;
        }
    }

    /** Sizes of a product: result [m, n], factors [m, k] and [k, n], as often as {@code batch} says. */
    public record Sizes(int m, int n, int k, int batch) {}

    private final MemorySegment handle;

    private Cublas(MemorySegment handle) {
        this.handle = handle;
    }

    /** The library's version, for example 13.1.1; needs no device. */
    public static String version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            LibCublas.check((int) LibCublas.cublasGetVersion_v2.invokeExact(MemorySegment.NULL, out), "cublasGetVersion");
            int code = out.get(JAVA_INT, 0); // CUBLAS_VERSION: major * 10000 + minor * 100 + patch
            return code / 10_000 + "." + code / 100 % 100 + "." + code % 100;
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cublasGetVersion", thrown);
        }
    }

    public static Cublas open() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            LibCublas.check((int) LibCublas.cublasCreate_v2.invokeExact(out), "cublasCreate");
            return new Cublas(out.get(ADDRESS, 0));
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cublasCreate", thrown);
        }
    }

    /** Where products are computed from now on; resets the workspace. */
    public void stream(CudaStream stream) {
        int status;
        try {
            status = (int) LibCublas.cublasSetStream_v2.invokeExact(handle, stream.handle());
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cublasSetStream", impossible);
        }
        LibCublas.check(status, "cublasSetStream");
    }

    /** Device memory to work with instead of cuBLAS's own, which the same bits on several streams, and graphs, need. */
    public void workspace(MemorySegment memory) {
        int status;
        try {
            status = (int) LibCublas.cublasSetWorkspace_v2.invokeExact(handle, memory, memory.byteSize());
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cublasSetWorkspace", impossible);
        }
        LibCublas.check(status, "cublasSetWorkspace(" + memory.byteSize() + " bytes)");
    }

    public void math(MathMode mode) {
        int status;
        try {
            status = (int) LibCublas.cublasSetMathMode.invokeExact(handle, mode.code);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cublasSetMathMode", impossible);
        }
        LibCublas.check(status, "cublasSetMathMode(" + mode + ")");
    }

    /** {@code c = alpha a b + beta c}; with a batch of more than one, for each of the matrices. */
    public void product(Sizes sizes, float alpha, Matrices a, Matrices b, float beta, Matrices c, Compute compute) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment alphaMemory = arena.allocateFrom(JAVA_FLOAT, alpha); // read during the call
            MemorySegment betaMemory = arena.allocateFrom(JAVA_FLOAT, beta);
            int status = sizes.batch() == 1
                    ? (int) LibCublas.cublasGemmEx.invokeExact(handle, a.operation(), b.operation(), sizes.m(), sizes.n(), sizes.k(),
                            alphaMemory, a.memory(), a.type().code, a.leading(), b.memory(), b.type().code, b.leading(),
                            betaMemory, c.memory(), c.type().code, c.leading(), compute.code, GEMM_DEFAULT)
                    : (int) LibCublas.cublasGemmStridedBatchedEx.invokeExact(handle, a.operation(), b.operation(), sizes.m(), sizes.n(), sizes.k(),
                            alphaMemory, a.memory(), a.type().code, a.leading(), a.stride(), b.memory(), b.type().code, b.leading(), b.stride(),
                            betaMemory, c.memory(), c.type().code, c.leading(), c.stride(), sizes.batch(), compute.code, GEMM_DEFAULT);
            LibCublas.check(status, "The product of " + a.type() + " and " + b.type() + " with " + sizes);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cublasGemmEx", thrown);
        }
    }

    @Override
    public void close() {
        int status;
        try {
            status = (int) LibCublas.cublasDestroy_v2.invokeExact(handle);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cublasDestroy", impossible);
        }
        LibCublas.check(status, "cublasDestroy");
    }
}
