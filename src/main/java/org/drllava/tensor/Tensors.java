package org.drllava.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import org.drllava.bindings.libtorch.NativeTensor;
import org.drllava.bindings.libtorch.Operator;
import org.drllava.bindings.libtorch.OperatorCall;
import org.drllava.bindings.libtorch.TorchRuntime;

/** Makes tensors; each belongs to the innermost {@link TensorScope}. */
public final class Tensors {
    private static final Operator ZERO = Operator.of("aten::zero_");

    private Tensors() {}

    /** Uninitialised elements. */
    public static Tensor empty(Device device, DType dtype, long... shape) {
        return adopt(TorchRuntime.empty(shape, dtype.scalarType(), device.type(), device.ordinal()));
    }

    public static Tensor zeros(Device device, DType dtype, long... shape) {
        Tensor tensor = empty(device, dtype, shape);
        zero(tensor);
        return tensor;
    }

    /** Sets every element to zero, in place. */
    public static void zero(Tensor tensor) {
        OperatorCall.of(ZERO).tensor(tensor.handle()).call().close();
    }

    /** A float32 tensor without dimensions; it does not widen the dtype of what it is combined with. */
    public static Tensor scalar(double value) {
        return adopt(TorchRuntime.scalar((float) value));
    }

    /** A float32 copy of {@code values}, row-major. */
    public static Tensor of(Device device, float[] values, long... shape) {
        Tensor host = emptyHost(DType.FLOAT32, values.length, shape);
        MemorySegment.copy(values, 0, host.segment(), JAVA_FLOAT, 0, values.length);
        return Ops.to(host, device);
    }

    /** A float64 copy of {@code values}, row-major. */
    public static Tensor of(Device device, double[] values, long... shape) {
        Tensor host = emptyHost(DType.FLOAT64, values.length, shape);
        MemorySegment.copy(values, 0, host.segment(), JAVA_DOUBLE, 0, values.length);
        return Ops.to(host, device);
    }

    /** An int64 copy of {@code values}, row-major. */
    public static Tensor of(Device device, long[] values, long... shape) {
        Tensor host = emptyHost(DType.INT64, values.length, shape);
        MemorySegment.copy(values, 0, host.segment(), JAVA_LONG, 0, values.length);
        return Ops.to(host, device);
    }

    /** An int64 copy of {@code values}, row-major. */
    public static Tensor of(Device device, int[] values, long... shape) {
        long[] wide = new long[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return of(device, wide, shape);
    }

    /** A bool copy of {@code values}, row-major; every byte is 0 or 1. */
    public static Tensor ofBooleans(Device device, byte[] values, long... shape) {
        Tensor host = emptyHost(DType.BOOL, values.length, shape);
        MemorySegment.copy(values, 0, host.segment(), JAVA_BYTE, 0, values.length);
        return Ops.to(host, device);
    }

    /** A tensor over the caller's own CPU memory (a mapped file, say), which must outlive it. Nothing is copied. */
    public static Tensor wrap(MemorySegment memory, DType dtype, long... shape) {
        long needed = Tensor.elements(shape) * dtype.bytes();
        if (memory.byteSize() < needed) {
            throw new IllegalArgumentException("memory of " + memory.byteSize() + " bytes cannot hold " + needed);
        }
        return adopt(TorchRuntime.fromBlob(memory, shape, dtype.scalarType(), Device.CPU.type(), Device.CPU.ordinal()));
    }

    /**
     * Another tensor over part of {@code flat}'s memory, on any device, unknown to autograd as a view: what is written
     * through one is seen through the other.
     *
     * @param flat   contiguous; must outlive the alias
     * @param offset in elements
     */
    public static Tensor alias(Tensor flat, long offset, long... shape) {
        long elements = Tensor.elements(shape);
        int bytes = flat.dtype().bytes();
        if (offset < 0 || offset + elements > flat.elements()) {
            throw new IllegalArgumentException("elements " + offset + " to " + (offset + elements) + " lie outside " + flat);
        }
        if (!flat.handle().isContiguous()) {
            throw new IllegalArgumentException(flat + " is not contiguous");
        }
        MemorySegment start = flat.handle().data(flat.elements() * bytes).asSlice(offset * bytes, elements * bytes);
        Device device = flat.device();
        return adopt(TorchRuntime.fromBlob(start, shape, flat.dtype().scalarType(), device.type(), device.ordinal()));
    }

    static Tensor adopt(NativeTensor handle) {
        return TensorScope.adopt(handle);
    }

    /** To copy an array into. */
    private static Tensor emptyHost(DType dtype, int values, long... shape) {
        if (Tensor.elements(shape) != values) {
            throw new IllegalArgumentException(values + " values do not fill shape " + java.util.Arrays.toString(shape));
        }
        HeapCopies.count((long) values * dtype.bytes());
        return empty(Device.CPU, dtype, shape);
    }
}
