package org.drllava.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Rows of float32 in CPU memory, for the fused kernels: a tensor of two dimensions, or some of its columns. It is no more
 * than a view, valid while the tensor is.
 *
 * @param stride from one row to the next, in elements
 */
public record Matrix(MemorySegment memory, long stride, long rows, long columns) {
    /** @param tensor contiguous float32 on the CPU, [rows, columns] */
    public static Matrix of(Tensor tensor) {
        if (tensor.dimensions() != 2 || tensor.dtype() != DType.FLOAT32) {
            throw new IllegalArgumentException("a matrix of float32 is expected, not " + tensor);
        }
        return new Matrix(tensor.segment(), tensor.size(1), tensor.size(0), tensor.size(1));
    }

    /** New, uninitialised memory, owned by the innermost scope. */
    public static Matrix empty(long rows, long columns) {
        return of(Tensors.empty(Device.CPU, DType.FLOAT32, rows, columns));
    }

    /** Some of the columns of all rows. */
    public Matrix columns(long from, long count) {
        if (from < 0 || count < 0 || from + count > columns) {
            throw new IllegalArgumentException("columns " + from + " to " + (from + count) + " of " + columns);
        }
        return new Matrix(memory.asSlice(from * Float.BYTES), stride, rows, count);
    }
}
