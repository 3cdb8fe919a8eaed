package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Calls of the fused kernels on native memory; native/include/drllava_kernels.h says what each computes. Sizes and strides
 * are in elements. {@link MemorySegment#NULL} stands for what is optional there.
 */
public final class Kernels {
    private Kernels() {}

    /** Whether they can be called; {@link #absence} says why not. */
    public static boolean available() {
        return KernelLibrary.ABSENT == null;
    }

    /** Why they cannot be called, or null. */
    public static String absence() {
        return KernelLibrary.ABSENT;
    }

    /** The instruction set in use: scalar, avx2 or avx512. */
    public static String instructionSet() {
        return KernelLibrary.instructionSet();
    }

    /** Floats that a packed weight takes. @param transposed whether products are with the weight itself (DL_NN), not its transpose */
    public static long packedSize(long rows, long columns, boolean transposed) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            KernelLibrary.check((int) KernelLibrary.dl_packed_size.invokeExact(rows, columns, layout(transposed), out), "dl_packed_size");
            return out.get(JAVA_LONG, 0);
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    public static void pack(MemorySegment weight, long stride, long rows, long columns, boolean transposed, MemorySegment packed, long floats) {
        try {
            KernelLibrary.check((int) KernelLibrary.dl_pack_weight.invokeExact(weight, stride, rows, columns, layout(transposed), packed, floats),
                    "dl_pack_weight");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    private static int layout(boolean transposed) {
        return transposed ? 1 : 0;
    }

    public static void linear(MemorySegment y, long yStride, MemorySegment x, long xStride, MemorySegment packed, MemorySegment residual,
            long residualStride, float scale, long rows, long inputs, long outputs) {
        try {
            KernelLibrary.check((int) KernelLibrary.dl_linear_packed.invokeExact(y, yStride, x, xStride, packed, residual, residualStride,
                    scale, rows, inputs, outputs), "dl_linear_packed");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    public static void rmsNorm(MemorySegment y, long yStride, MemorySegment x, long xStride, MemorySegment weight, float eps,
            MemorySegment inverse, long rows, long n) {
        try {
            KernelLibrary.check((int) KernelLibrary.dl_rms_norm.invokeExact(y, yStride, x, xStride, weight, eps, inverse, rows, n), "dl_rms_norm");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    public static void rmsNormBackward(MemorySegment dx, long dxStride, MemorySegment dy, long dyStride, MemorySegment x, long xStride,
            MemorySegment weight, MemorySegment inverse, MemorySegment residual, long residualStride, long rows, long n) {
        try {
            KernelLibrary.check((int) KernelLibrary.dl_rms_norm_backward.invokeExact(dx, dxStride, dy, dyStride, x, xStride, weight, inverse,
                    residual, residualStride, rows, n), "dl_rms_norm_backward");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    public static void rotary(MemorySegment x, long stride, MemorySegment cosines, MemorySegment sines, long tableRows, MemorySegment positions,
            boolean backward, long rows, long heads, long head) {
        try {
            KernelLibrary.check((int) KernelLibrary.dl_rotary.invokeExact(x, stride, cosines, sines, tableRows, positions, backward ? 1 : 0, rows,
                    heads, head), "dl_rotary");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    public static void swiGlu(MemorySegment y, long yStride, MemorySegment gate, long gateStride, MemorySegment up, long upStride, long rows, long n) {
        try {
            KernelLibrary.check((int) KernelLibrary.dl_swiglu.invokeExact(y, yStride, gate, gateStride, up, upStride, rows, n), "dl_swiglu");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    public static void swiGluBackward(MemorySegment dGate, long dGateStride, MemorySegment dUp, long dUpStride, MemorySegment y, long yStride,
            MemorySegment dy, long dyStride, MemorySegment gate, long gateStride, MemorySegment up, long upStride, long rows, long n) {
        try {
            KernelLibrary.check((int) KernelLibrary.dl_swiglu_backward.invokeExact(dGate, dGateStride, dUp, dUpStride, y, yStride, dy, dyStride,
                    gate, gateStride, up, upStride, rows, n), "dl_swiglu_backward");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    /** Sizes of a cache of keys and values (dl_kv_cache). */
    public record CacheShape(long batch, long capacity, long keyHeads, long head) {
        private MemorySegment struct(Arena arena, MemorySegment data, long floats) {
            MemorySegment struct = arena.allocate(6 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
            struct.set(ADDRESS, 0, data);
            long[] sizes = {floats, batch, capacity, keyHeads, head};
            MemorySegment.copy(sizes, 0, struct, JAVA_LONG, JAVA_LONG.byteSize(), sizes.length);
            return struct;
        }

        /** Floats that the cache takes. */
        public long floats() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate(JAVA_LONG);
                KernelLibrary.check((int) KernelLibrary.dl_kv_cache_size.invokeExact(struct(arena, MemorySegment.NULL, 0L), out), "dl_kv_cache_size");
                return out.get(JAVA_LONG, 0);
            } catch (Throwable t) {
                throw KernelLibrary.rethrow(t);
            }
        }
    }

    public static void append(CacheShape shape, MemorySegment cache, long floats, MemorySegment keys, long keyStride, MemorySegment values,
            long valueStride, MemorySegment sequences, MemorySegment positions, long rows) {
        try (Arena arena = Arena.ofConfined()) {
            KernelLibrary.check((int) KernelLibrary.dl_kv_append.invokeExact(shape.struct(arena, cache, floats), keys, keyStride, values,
                    valueStride, sequences, positions, rows), "dl_kv_append");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    public static void cachedAttention(MemorySegment out, long outStride, MemorySegment q, long qStride, CacheShape shape, MemorySegment cache,
            long floats, MemorySegment sequences, MemorySegment positions, long rows, long heads, float scale) {
        try (Arena arena = Arena.ofConfined()) {
            KernelLibrary.check((int) KernelLibrary.dl_attention_cached.invokeExact(out, outStride, q, qStride, shape.struct(arena, cache, floats),
                    sequences, positions, rows, heads, scale), "dl_attention_cached");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    /**
     * Which rows belong together (dl_attention_shape).
     *
     * @param queryOffsets NULL where every token is a query, and then {@code positions} too
     */
    public record AttentionShape(long sequences, MemorySegment keyOffsets, MemorySegment queryOffsets, MemorySegment positions, long heads,
            long keyHeads, long head, float scale) {
        private MemorySegment struct(Arena arena) {
            MemorySegment struct = arena.allocate(8 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
            struct.set(JAVA_LONG, 0, sequences);
            struct.set(ADDRESS, 8, keyOffsets);
            struct.set(ADDRESS, 16, queryOffsets);
            struct.set(ADDRESS, 24, positions);
            struct.set(JAVA_LONG, 32, heads);
            struct.set(JAVA_LONG, 40, keyHeads);
            struct.set(JAVA_LONG, 48, head);
            struct.set(JAVA_FLOAT, 56, scale);
            return struct;
        }
    }

    public static void attention(MemorySegment out, long outStride, MemorySegment logSumExp, MemorySegment q, long qStride, MemorySegment keys,
            long keyStride, MemorySegment values, long valueStride, AttentionShape shape) {
        try (Arena arena = Arena.ofConfined()) {
            KernelLibrary.check((int) KernelLibrary.dl_attention.invokeExact(out, outStride, logSumExp, q, qStride, keys, keyStride, values,
                    valueStride, shape.struct(arena)), "dl_attention");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }

    public static void attentionBackward(MemorySegment dq, long dqStride, MemorySegment dKeys, long dKeyStride, MemorySegment dValues,
            long dValueStride, MemorySegment dOut, long dOutStride, MemorySegment out, long outStride, MemorySegment logSumExp, MemorySegment q,
            long qStride, MemorySegment keys, long keyStride, MemorySegment values, long valueStride, AttentionShape shape) {
        try (Arena arena = Arena.ofConfined()) {
            KernelLibrary.check((int) KernelLibrary.dl_attention_backward.invokeExact(dq, dqStride, dKeys, dKeyStride, dValues, dValueStride,
                    dOut, dOutStride, out, outStride, logSumExp, q, qStride, keys, keyStride, values, valueStride, shape.struct(arena)),
                    "dl_attention_backward");
        } catch (Throwable t) {
            throw KernelLibrary.rethrow(t);
        }
    }
}
