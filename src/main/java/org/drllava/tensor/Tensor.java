package org.drllava.tensor;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.drllava.bindings.libtorch.NativeTensor;

/**
 * An n-dimensional array on a device. Made by {@link Tensors} and {@link Ops}; owned by the {@link TensorScope} that was
 * innermost when it was made.
 */
public final class Tensor {
    private final NativeTensor handle;
    private long[] shape;
    private DType dtype;

    Tensor(NativeTensor handle) {
        this.handle = handle;
    }

    NativeTensor handle() {
        return handle;
    }

    static NativeTensor handleOrNull(Tensor tensor) {
        return tensor == null ? null : tensor.handle;
    }

    /** Sizes, one a dimension. Do not change the array. */
    public long[] shape() {
        if (shape == null) {
            shape = handle.shape();
        }
        return shape;
    }

    /** Size of dimension {@code d}; negative {@code d} counts from the last. */
    public long size(int d) {
        long[] sizes = shape();
        return sizes[d < 0 ? sizes.length + d : d];
    }

    public int dimensions() {
        return shape().length;
    }

    public long elements() {
        return elements(shape());
    }

    static long elements(long[] shape) {
        long product = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("a size of " + Arrays.toString(shape) + " is negative");
            }
            product = Math.multiplyExact(product, size);
        }
        return product;
    }

    public DType dtype() {
        if (dtype == null) {
            dtype = DType.ofScalarType(handle.scalarType());
        }
        return dtype;
    }

    public Device device() {
        return handle.deviceType() == Device.CPU.type() ? Device.CPU : new Device.Cuda(handle.deviceIndex());
    }

    /**
     * The elements themselves, row-major, without a copy. Valid while the tensor is.
     *
     * @throws IllegalStateException when the tensor is not contiguous or not on the CPU
     */
    public MemorySegment segment() {
        if (handle.deviceType() != Device.CPU.type()) {
            throw new IllegalStateException(this + " is not CPU memory");
        }
        return memory();
    }

    /**
     * Where the elements lie, row-major, in the memory of their device: for who hands the address on. Valid while the tensor is.
     *
     * @throws IllegalStateException when the tensor is not contiguous
     */
    public MemorySegment memory() {
        if (!handle.isContiguous()) {
            throw new IllegalStateException(this + " is not contiguous");
        }
        return handle.data(elements() * dtype().bytes());
    }

    /**
     * A copy of the elements as float32, row-major, from any device and floating dtype.
     *
     * @throws org.drllava.bindings.kernels.KernelException for a fault that a kernel on its GPU has found since the last copy
     */
    public float[] toFloats() {
        try (TensorScope scope = TensorScope.open()) {
            HeapCopies.count(elements() * Float.BYTES);
            return Ops.toHost(this, DType.FLOAT32).segment().toArray(JAVA_FLOAT);
        }
    }

    /** As {@link #toFloats}, of an integer or boolean tensor. */
    public long[] toLongs() {
        try (TensorScope scope = TensorScope.open()) {
            HeapCopies.count(elements() * Long.BYTES);
            return Ops.toHost(this, DType.INT64).segment().toArray(JAVA_LONG);
        }
    }

    /** As {@link #toFloats}, as float64. */
    public double[] toDoubles() {
        try (TensorScope scope = TensorScope.open()) {
            HeapCopies.count(elements() * Double.BYTES);
            return Ops.toHost(this, DType.FLOAT64).segment().toArray(JAVA_DOUBLE);
        }
    }

    /** The only element of a tensor that has one. */
    public float item() {
        float[] values = toFloats();
        if (values.length != 1) {
            throw new IllegalStateException(this + " has not exactly one element");
        }
        return values[0];
    }

    /**
     * Copies {@code source} over the elements, row-major, whatever the tensor's device and floating dtype. Not recorded.
     *
     * @throws IllegalArgumentException when there are not exactly as many numbers as elements
     */
    public void set(float[] source) {
        try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            Ops.copyInto(this, Tensors.of(Device.CPU, source, shape()));
        }
    }

    @Override
    public String toString() {
        return handle.isClosed() ? "freed tensor" : dtype() + Arrays.toString(shape());
    }
}
