package org.drllava.tensor;

import static org.drllava.tensor.KernelArguments.floats;
import static org.drllava.tensor.KernelArguments.require;

import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.Matrix;

/**
 * Some columns of a matrix [rows, n], as {@code q} is in a matrix of {@code q | k | v}.
 *
 * @param from first column; @param count how many
 */
public record Columns(Tensor matrix, long from, long count) {
    public Columns {
        require(matrix.dimensions() == 2 && from >= 0 && count >= 0 && from + count <= matrix.size(1),
                () -> "columns " + from + " to " + (from + count) + " do not lie in " + matrix);
    }

    /** All columns. */
    public static Columns of(Tensor matrix) {
        return new Columns(matrix, 0, matrix.size(-1));
    }

    public long rows() {
        return matrix.size(0);
    }

    Matrix data(KernelLibrary on) {
        return new Matrix(floats(on, matrix).asSlice(rows() == 0 ? 0 : from * Float.BYTES), matrix.size(1));
    }

    /** Some rows of them; valid in the innermost scope. */
    Columns rows(long first, long rows) {
        return new Columns(Tensors.alias(matrix, first * matrix.size(1), rows, matrix.size(1)), from, count);
    }

    boolean whole() {
        return count == matrix.size(1);
    }
}
