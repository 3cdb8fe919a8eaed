package org.drllava.bindings.cublas;

import java.lang.foreign.MemorySegment;

/**
 * One matrix in device memory, or several of the same shape, as cuBLAS sees them: by columns. A row-major matrix is its own
 * transpose to it.
 *
 * @param leading   elements from one column to the next
 * @param stride    elements from one matrix to the next; not used of a single one
 * @param transpose whether its transpose is meant; not for results
 */
public record Matrices(MemorySegment memory, Type type, int leading, long stride, boolean transpose) {
    /** Types of elements, {@code cudaDataType}. */
    public enum Type {
        FLOAT32(0), BFLOAT16(14);

        final int code;

        Type(int code) {
            this.code = code;
        }
    }

    int operation() {
        return transpose ? 1 : 0; // CUBLAS_OP_T, CUBLAS_OP_N
    }
}
