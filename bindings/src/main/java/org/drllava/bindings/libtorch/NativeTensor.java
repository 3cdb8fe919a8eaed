package org.drllava.bindings.libtorch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One owned reference to a libtorch tensor, freed by {@link #close()} and by nothing else. The tensor itself lives on while
 * others refer to it (views, an autograd graph).
 */
public final class NativeTensor implements AutoCloseable {
    private static final AtomicLong LIVE = new AtomicLong();
    /** Where each live tensor was made, for whoever hunts a leak; too dear to keep otherwise. */
    private static final Map<NativeTensor, Throwable> ORIGINS =
            Boolean.getBoolean("drllava.tensorOrigins") ? new ConcurrentHashMap<>() : null;

    private MemorySegment handle;

    NativeTensor(MemorySegment handle) {
        this.handle = handle;
        LIVE.incrementAndGet();
        if (ORIGINS != null) {
            ORIGINS.put(this, new Throwable("made here"));
        }
    }

    /** References not closed yet in this process: flat in a loop that does not leak. */
    public static long live() {
        return LIVE.get();
    }

    /** Stack traces of where the live references were made; empty unless {@code -Ddrllava.tensorOrigins=true} is set. */
    public static List<Throwable> origins() {
        return ORIGINS == null ? List.of() : List.copyOf(ORIGINS.values());
    }

    MemorySegment handle() {
        if (handle == null) {
            throw new IllegalStateException("this tensor's scope has ended: it was freed");
        }
        return handle;
    }

    public boolean isClosed() {
        return handle == null;
    }

    @Override
    public void close() {
        if (handle == null) {
            return;
        }
        MemorySegment freed = handle;
        handle = null;
        LIVE.decrementAndGet();
        if (ORIGINS != null) {
            ORIGINS.remove(this);
        }
        try {
            int status = (int) LibTorch.aoti_torch_delete_tensor_object.invokeExact(freed);
            LibTorch.check(status, "aoti_torch_delete_tensor_object");
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
    }

    /** A second owned reference to the same tensor. */
    public NativeTensor duplicate() {
        return new NativeTensor(duplicateHandle(handle()));
    }

    static MemorySegment duplicateHandle(MemorySegment handle) {
        MemorySegment out = CallFrame.current().out();
        try {
            int status = (int) LibTorch.aoti_torch_new_tensor_handle.invokeExact(handle, out);
            LibTorch.check(status, "aoti_torch_new_tensor_handle");
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        return out.get(ADDRESS, 0);
    }

    /** Sizes, one a dimension; empty for a scalar. */
    public long[] shape() {
        int dimensions = (int) query(LibTorch.aoti_torch_get_dim, "aoti_torch_get_dim").get(JAVA_LONG, 0);
        if (dimensions == 0) {
            return new long[0];
        }
        MemorySegment sizes = query(LibTorch.aoti_torch_get_sizes, "aoti_torch_get_sizes").get(ADDRESS, 0);
        return sizes.reinterpret(dimensions * 8L).toArray(JAVA_LONG);
    }

    /** libtorch's ScalarType number. */
    public int scalarType() {
        return query(LibTorch.aoti_torch_get_dtype, "aoti_torch_get_dtype").get(JAVA_INT, 0);
    }

    /** libtorch's device type number: 0 is the CPU, 1 CUDA. */
    public int deviceType() {
        return query(LibTorch.aoti_torch_get_device_type, "aoti_torch_get_device_type").get(JAVA_INT, 0);
    }

    public int deviceIndex() {
        return query(LibTorch.aoti_torch_get_device_index, "aoti_torch_get_device_index").get(JAVA_INT, 0);
    }

    public boolean isContiguous() {
        return query(LibTorch.aoti_torch_is_contiguous, "aoti_torch_is_contiguous").get(JAVA_INT, 0) != 0;
    }

    /** First element's address, as a segment of {@code bytes} bytes that must not outlive the tensor. */
    public MemorySegment data(long bytes) {
        return query(LibTorch.aoti_torch_get_data_ptr, "aoti_torch_get_data_ptr").get(ADDRESS, 0).reinterpret(bytes);
    }

    private MemorySegment query(MethodHandle function, String name) {
        MemorySegment out = CallFrame.current().out();
        out.set(JAVA_LONG, 0, 0L);
        try {
            int status = (int) function.invokeExact(handle(), out);
            LibTorch.check(status, name);
        } catch (Throwable impossible) {
            throw LibTorch.rethrow(impossible);
        }
        return out;
    }
}
