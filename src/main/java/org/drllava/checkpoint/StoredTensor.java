package org.drllava.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.drllava.common.InputException;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;

/**
 * A named tensor as a file holds it: row-major, little-endian, read-only. Data mapped from a file lives as long as the
 * arena the file was opened with, and may sit at any address (see {@link #aligned()}). Two records are equal only if
 * they share the same shape array, so compare names, shapes and values instead.
 *
 * @param shape sizes from the outermost dimension inwards; empty for a scalar
 * @param data exactly {@code product(shape) * dtype.bytes()} bytes
 */
public record StoredTensor(String name, DType dtype, long[] shape, MemorySegment data) {
    private static final ValueLayout.OfFloat F32 = JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble F64 = JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfShort BITS16 = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    public StoredTensor {
        shape = shape.clone();
        data = data.asReadOnly();
        long expected = Math.multiplyExact(elements(shape), (long) dtype.bytes());
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException("tensor %s: %s %s takes %d bytes, not %d".formatted(
                    name, dtype.safetensorsName(), Arrays.toString(shape), expected, data.byteSize()));
        }
    }

    /** A FLOAT32 tensor over {@code values}, which is not copied. */
    public static StoredTensor of(String name, float[] values, long... shape) {
        return new StoredTensor(name, DType.FLOAT32, shape, MemorySegment.ofArray(values));
    }

    /** An INT64 tensor over {@code values}, which is not copied. */
    public static StoredTensor of(String name, long[] values, long... shape) {
        return new StoredTensor(name, DType.INT64, shape, MemorySegment.ofArray(values));
    }

    /** A tensor's elements: its own memory where that is the host's and contiguous, else a copy of the innermost scope's. */
    public static StoredTensor of(String name, Tensor tensor) {
        return new StoredTensor(name, tensor.dtype(), tensor.shape(), Ops.contiguous(Ops.to(tensor, Device.CPU)).segment());
    }

    /** The same data under another name. */
    public StoredTensor withName(String other) {
        return new StoredTensor(other, dtype, shape, data);
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    public long elements() {
        return data.byteSize() / dtype.bytes();
    }

    /** Whether the data starts at a multiple of its element size. Files may place it elsewhere. */
    public boolean aligned() {
        return data.maxByteAlignment() >= dtype.bytes();
    }

    /**
     * The values in row-major order; FLOAT64 is rounded to the nearest float, the narrower types are exact.
     *
     * @throws InputException if the tensor holds integers
     */
    public float[] toFloats() {
        var values = new float[arrayLength()];
        switch (dtype) {
            case FLOAT32 -> MemorySegment.copy(data, F32, 0, values, 0, values.length);
            case BFLOAT16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(data.get(BITS16, 2L * i) << 16);
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.float16ToFloat(data.get(BITS16, 2L * i));
                }
            }
            case FLOAT64 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) data.get(F64, 8L * i);
                }
            }
            case INT64, INT32, UINT8, BOOL -> throw wrongKind("floating-point numbers");
        }
        return values;
    }

    /**
     * The values in row-major order; a BOOL is 0 or 1.
     *
     * @throws InputException if the tensor holds floating-point numbers
     */
    public long[] toLongs() {
        var values = new long[arrayLength()];
        switch (dtype) {
            case INT64 -> MemorySegment.copy(data, I64, 0, values, 0, values.length);
            case INT32 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = data.get(I32, 4L * i);
                }
            }
            case UINT8 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Byte.toUnsignedLong(data.get(JAVA_BYTE, i));
                }
            }
            case BOOL -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = data.get(JAVA_BYTE, i) == 0 ? 0 : 1;
                }
            }
            case FLOAT32, BFLOAT16, FLOAT16, FLOAT64 -> throw wrongKind("integers");
        }
        return values;
    }

    /** @throws ArithmeticException if the product does not fit a long, even if a later size is 0 */
    static long elements(long[] shape) {
        long product = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
            }
            product = Math.multiplyExact(product, size);
        }
        return product;
    }

    private int arrayLength() {
        if (elements() > Integer.MAX_VALUE - 8) {
            throw new InputException("tensor %s: %d elements are too many for one array"
                    .formatted(Quote.name(name), elements()));
        }
        return (int) elements();
    }

    private InputException wrongKind(String expected) {
        return new InputException("tensor %s: holds %s, expected %s"
                .formatted(Quote.name(name), dtype.safetensorsName(), expected));
    }
}
