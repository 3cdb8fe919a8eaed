package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;

/** Causal attention, over a cache and over packed sequences; a row gets the same bits from both. */
public final class AttentionKernels {
    // (const dl_kv_cache* cache, int64_t* floats)
    private static final MethodHandle dl_kv_cache_size = KernelLibrary.bind("dl_kv_cache_size", ADDRESS, ADDRESS);
    // (cache, keys, ldk, values, ldv, const int64_t* sequences, const int64_t* positions, rows)
    private static final MethodHandle dl_kv_append =
            KernelLibrary.bind("dl_kv_append", ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG);
    // (cache, from, to, length)
    private static final MethodHandle dl_kv_copy = KernelLibrary.bind("dl_kv_copy", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // (out, ldo, q, ldq, cache, sequences, positions, rows, heads, float scale)
    private static final MethodHandle dl_attention_cached = KernelLibrary.bind("dl_attention_cached", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_FLOAT);
    // (out, ldo, float* logsumexp, q, ldq, keys, ldk, values, ldv, const dl_attention_shape* shape)
    private static final MethodHandle dl_attention = KernelLibrary.bind("dl_attention", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG,
            ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
    // (dq, lddq, dkeys, lddk, dvalues, lddv, dout, lddo, out, ldo, logsumexp, q, ldq, keys, ldk, values, ldv, shape)
    private static final MethodHandle dl_attention_backward = KernelLibrary.bind("dl_attention_backward", ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS);

    private AttentionKernels() {}

    /** Sizes of a cache of keys and values for one layer. @param head elements of a head, 1 to 256; @param precision what it keeps of them */
    public record CacheShape(long batch, long capacity, long kvHeads, long head, LinearKernels.Precision precision) {
        // typedef struct { float* data; int64_t floats, batch, capacity, kv_heads, head, precision; } dl_kv_cache
        private MemorySegment struct(SegmentAllocator allocator, MemorySegment data) {
            return allocator.allocateFrom(JAVA_LONG, data.address(), data.byteSize() / Float.BYTES, batch, capacity, kvHeads, head,
                    precision.ordinal());
        }
    }

    /**
     * Which rows belong to which sequence.
     *
     * @param keyOffsets   int64 [sequences + 1]
     * @param queryOffsets as keyOffsets, or {@link MemorySegment#NULL}: every token is a query
     * @param positions    int64 [queries], or NULL with queryOffsets
     */
    public record Shape(long sequences, MemorySegment keyOffsets, MemorySegment queryOffsets, MemorySegment positions, long heads,
            long kvHeads, long head, float scale) {
        // typedef struct { int64_t sequences; const int64_t *key_offsets, *query_offsets, *positions;
        //                  int64_t heads, kv_heads, head; float scale; } dl_attention_shape
        private MemorySegment struct(SegmentAllocator allocator) {
            return allocator.allocateFrom(JAVA_LONG, sequences, keyOffsets.address(), queryOffsets.address(), positions.address(), heads,
                    kvHeads, head, Float.floatToRawIntBits(scale) & 0xffffffffL);
        }
    }

    public static long cacheFloats(KernelLibrary on, CacheShape shape) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(JAVA_LONG);
            on.check((int) dl_kv_cache_size.invokeExact(on, shape.struct(arena, MemorySegment.NULL), floats));
            return floats.get(JAVA_LONG, 0);
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** @param sequences int64 [rows]; @param positions int64 [rows] */
    public static void append(KernelLibrary on, CacheShape shape, MemorySegment cache, Matrix keys, Matrix values, MemorySegment sequences,
            MemorySegment positions, long rows) {
        try (Arena arena = Arena.ofConfined()) {
            on.check((int) dl_kv_append.invokeExact(on, shape.struct(arena, cache), keys.data(), keys.ld(), values.data(),
                    values.ld(), sequences, positions, rows));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** Gives sequence {@code to} the first {@code length} tokens of {@code from}. */
    public static void copy(KernelLibrary on, CacheShape shape, MemorySegment cache, long from, long to, long length) {
        try (Arena arena = Arena.ofConfined()) {
            on.check((int) dl_kv_copy.invokeExact(on, shape.struct(arena, cache), from, to, length));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** @param out may be {@code q}; @param sequences int64 [rows]; @param positions int64 [rows] */
    public static void attendCached(KernelLibrary on, Matrix out, Matrix q, CacheShape shape, MemorySegment cache, MemorySegment sequences,
            MemorySegment positions, long rows, long heads, float scale) {
        try (Arena arena = Arena.ofConfined()) {
            on.check((int) dl_attention_cached.invokeExact(on, out.data(), out.ld(), q.data(), q.ld(), shape.struct(arena, cache),
                    sequences, positions, rows, heads, scale));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** @param logsumexp [queries, heads] for the backward pass, or {@link MemorySegment#NULL} */
    public static void attend(KernelLibrary on, Matrix out, MemorySegment logsumexp, Matrix q, Matrix keys, Matrix values, Shape shape) {
        try (Arena arena = Arena.ofConfined()) {
            on.check((int) dl_attention.invokeExact(on, out.data(), out.ld(), logsumexp, q.data(), q.ld(), keys.data(), keys.ld(),
                    values.data(), values.ld(), shape.struct(arena)));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** Gradients are overwritten. @param out of {@link #attend}; @param logsumexp likewise */
    public static void attendBackward(KernelLibrary on, Matrix dq, Matrix dkeys, Matrix dvalues, Matrix dout, Matrix out, MemorySegment logsumexp,
            Matrix q, Matrix keys, Matrix values, Shape shape) {
        try (Arena arena = Arena.ofConfined()) {
            on.check((int) dl_attention_backward.invokeExact(on, dq.data(), dq.ld(), dkeys.data(), dkeys.ld(), dvalues.data(),
                    dvalues.ld(), dout.data(), dout.ld(), out.data(), out.ld(), logsumexp, q.data(), q.ld(), keys.data(), keys.ld(),
                    values.data(), values.ld(), shape.struct(arena)));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }
}
