package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** RMSNorm, rotary positions, rounding and SwiGLU; the header has the equations and says what may be what in place. */
public final class LayerKernels {
    // (float* y, ldy, const float* x, ldx, const float* weight, float eps, float* inverse, rows, n)
    private static final MethodHandle dl_rms_norm = KernelLibrary.bind("dl_rms_norm", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_FLOAT, ADDRESS, JAVA_LONG, JAVA_LONG);
    // (dx, lddx, dy, lddy, x, ldx, weight, const float* inverse, residual, ldr, rows, n)
    private static final MethodHandle dl_rms_norm_backward = KernelLibrary.bind("dl_rms_norm_backward", ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // (float* x, ldx, cosines, sines, table_rows, const int64_t* positions, int backward, rows, heads, head)
    private static final MethodHandle dl_rotary = KernelLibrary.bind("dl_rotary", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // (float* x, ldx, rows, n)
    private static final MethodHandle dl_round = KernelLibrary.bind("dl_round", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // (y, ldy, gate, ldg, up, ldu, rows, n)
    private static final MethodHandle dl_swiglu = KernelLibrary.bind("dl_swiglu", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // (dgate, lddg, dup, lddu, y, ldy, dy, lddy, gate, ldg, up, ldu, rows, n)
    private static final MethodHandle dl_swiglu_backward = KernelLibrary.bind("dl_swiglu_backward", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private LayerKernels() {}

    /** @param weight [n]; @param inverse [rows] for the backward pass, or {@link MemorySegment#NULL} */
    public static void rmsNorm(KernelLibrary on, Matrix y, Matrix x, MemorySegment weight, float eps, MemorySegment inverse, long rows, long n) {
        try {
            on.check((int) dl_rms_norm.invokeExact(on, y.data(), y.ld(), x.data(), x.ld(), weight, eps, inverse, rows, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** @param residual added, or {@link Matrix#NONE} */
    public static void rmsNormBackward(KernelLibrary on, Matrix dx, Matrix dy, Matrix x, MemorySegment weight, MemorySegment inverse, Matrix residual,
            long rows, long n) {
        try {
            on.check((int) dl_rms_norm_backward.invokeExact(on, dx.data(), dx.ld(), dy.data(), dy.ld(), x.data(), x.ld(), weight,
                    inverse, residual.data(), residual.ld(), rows, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /**
     * @param cosines   [tableRows, head]
     * @param sines     as cosines, negative in the first half
     * @param positions int64 [rows]
     */
    public static void rotary(KernelLibrary on, Matrix x, MemorySegment cosines, MemorySegment sines, long tableRows, MemorySegment positions,
            boolean backward, long rows, long heads, long head) {
        try {
            on.check((int) dl_rotary.invokeExact(on, x.data(), x.ld(), cosines, sines, tableRows, positions, backward ? 1 : 0, rows, heads, head));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    public static void round(KernelLibrary on, Matrix x, long rows, long n) {
        try {
            on.check((int) dl_round.invokeExact(on, x.data(), x.ld(), rows, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    public static void swiglu(KernelLibrary on, Matrix y, Matrix gate, Matrix up, long rows, long n) {
        try {
            on.check((int) dl_swiglu.invokeExact(on, y.data(), y.ld(), gate.data(), gate.ld(), up.data(), up.ld(), rows, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** @param y the forward result once more, or {@link Matrix#NONE} */
    public static void swigluBackward(KernelLibrary on, Matrix dgate, Matrix dup, Matrix y, Matrix dy, Matrix gate, Matrix up, long rows, long n) {
        try {
            on.check((int) dl_swiglu_backward.invokeExact(on, dgate.data(), dgate.ld(), dup.data(), dup.ld(), y.data(), y.ld(),
                    dy.data(), dy.ld(), gate.data(), gate.ld(), up.data(), up.ld(), rows, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }
}
