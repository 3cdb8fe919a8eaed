package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Products with weights that were laid out once; the header has the equations. */
public final class LinearKernels {
    // (int64_t rows, int64_t columns, int layout, int precision, int64_t* floats)
    private static final MethodHandle dl_packed_size =
            KernelLibrary.bind("dl_packed_size", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS);
    // (const float* weight, int64_t ldw, int64_t rows, int64_t columns, int layout, int precision, float* packed, int64_t floats)
    private static final MethodHandle dl_pack_weight =
            KernelLibrary.bind("dl_pack_weight", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
    // (int* fast)
    private static final MethodHandle dl_fast_bf16 = KernelLibrary.bind("dl_fast_bf16", ADDRESS);
    // (float* y, ldy, const float* x, ldx, const float* packed, const float* residual, ldr, float scale, rows, n_in, n_out)
    private static final MethodHandle dl_linear_packed = KernelLibrary.bind("dl_linear_packed", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS, ADDRESS, JAVA_LONG, JAVA_FLOAT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // (y, ldy, x, ldx, packed, const float* low, ldl, const float* packed_b, const int64_t* part_ends, int64_t parts, residual, ldr, rows,
    //  n_in, n_out, rank)
    private static final MethodHandle dl_linear_lora = KernelLibrary.bind("dl_linear_lora", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
            ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private LinearKernels() {}

    /** How a product reads its weight; the ordinal is the header's number. */
    public enum Layout {
        /** {@code x Wᵀ}: a forward pass with W [out, in]. */
        NT,
        /** {@code x W}: a gradient with respect to inputs, W [in, out]. */
        NN
    }

    /** What a packed weight keeps of each element; the ordinal is the header's number. */
    public enum Precision { F32, BF16 }

    /** Whether this processor multiplies bfloat16 faster than float32. */
    public static boolean fastBf16(KernelLibrary on) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fast = arena.allocate(JAVA_INT);
            on.check((int) dl_fast_bf16.invokeExact(on, fast));
            return fast.get(JAVA_INT, 0) != 0;
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** Floats that the packed copy of a weight [rows, columns] takes. */
    public static long packedFloats(KernelLibrary on, long rows, long columns, Layout layout, Precision precision) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(JAVA_LONG);
            on.check((int) dl_packed_size.invokeExact(on, rows, columns, layout.ordinal(), precision.ordinal(), floats));
            return floats.get(JAVA_LONG, 0);
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** @param packed {@link #packedFloats} floats, fastest when their address is a multiple of 64 */
    public static void pack(KernelLibrary on, Matrix weight, long rows, long columns, Layout layout, Precision precision, MemorySegment packed) {
        try {
            on.check((int) dl_pack_weight.invokeExact(on, weight.data(), weight.ld(), rows, columns, layout.ordinal(), precision.ordinal(),
                    packed, packed.byteSize() / Float.BYTES));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** {@code y = scale · x W' + residual}. @param residual may be {@code y} or {@link Matrix#NONE} */
    public static void linear(KernelLibrary on, Matrix y, Matrix x, MemorySegment packed, Matrix residual, float scale, long rows, long in,
            long out) {
        try {
            on.check((int) dl_linear_packed.invokeExact(on, y.data(), y.ld(), x.data(), x.ld(), packed, residual.data(), residual.ld(), scale,
                    rows, in, out));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** {@code y = x W' + low B' + residual}. @param partEnds int64 [parts]; @param residual may be {@code y} or {@link Matrix#NONE} */
    public static void linearLora(KernelLibrary on, Matrix y, Matrix x, MemorySegment packed, Matrix low, MemorySegment packedB,
            MemorySegment partEnds, Matrix residual, long rows, long in, long out, long rank) {
        try {
            on.check((int) dl_linear_lora.invokeExact(on, y.data(), y.ld(), x.data(), x.ld(), packed, low.data(), low.ld(), packedB,
                    partEnds, partEnds.byteSize() / Long.BYTES, residual.data(), residual.ld(), rows, in, out, rank));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }
}
