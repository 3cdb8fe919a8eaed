package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Rows between tables and types. */
public final class RowKernels {
    // (float* y, ldy, const void* table, ldt, int precision, count, const int64_t* ids, rows, n)
    private static final MethodHandle dl_embedding = KernelLibrary.bind("dl_embedding", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT,
            JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
    // (uint16_t* y, ldy, const float* x, ldx, rows, n)
    private static final MethodHandle dl_round_bfloat16 = KernelLibrary.bind("dl_round_bfloat16", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            JAVA_LONG, JAVA_LONG);

    private RowKernels() {}

    /** {@code y[r] = table[ids[r]]}. @param table [count, n] in this precision, rows end to end; @param ids int64 [rows] */
    public static void embedding(KernelLibrary on, Matrix y, MemorySegment table, LinearKernels.Precision precision, long count, MemorySegment ids,
            long rows, long n) {
        try {
            on.check((int) dl_embedding.invokeExact(on, y.data(), y.ld(), table, n, precision.ordinal(), count, ids, rows, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** {@code x} as bfloat16. @param y [rows, n] of 16 bits each, rows end to end */
    public static void roundBfloat16(KernelLibrary on, MemorySegment y, Matrix x, long rows, long n) {
        try {
            on.check((int) dl_round_bfloat16.invokeExact(on, y, n, x.data(), x.ld(), rows, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }
}
