package org.drllava.tensor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.drllava.bindings.kernels.KernelLibrary.CPU;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.LinearKernels;
import org.drllava.bindings.kernels.Matrix;

/** What {@link Kernels} are given for tensors, and the checks of their arguments, which name the one that is wrong. */
final class KernelArguments {
    private KernelArguments() {}

    static MemorySegment memory(KernelLibrary on, Tensor tensor) {
        return on == CPU ? tensor.segment() : Gpu.memory(tensor);
    }

    static MemorySegment floats(KernelLibrary on, Tensor tensor) {
        require(tensor.dtype() == DType.FLOAT32, () -> tensor + " is not float32");
        return memory(on, tensor);
    }

    static MemorySegment floatsOrNull(KernelLibrary on, Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : floats(on, tensor);
    }

    static MemorySegment indices(KernelLibrary on, Tensor tensor, long count) {
        require(tensor.dtype() == DType.INT64 && tensor.elements() == count, () -> tensor + " is not int64[" + count + "]");
        return memory(on, tensor);
    }

    static MemorySegment indicesOrNull(KernelLibrary on, Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : indices(on, tensor, tensor.elements());
    }

    static Matrix orNone(KernelLibrary on, Columns columns) {
        return columns == null ? Matrix.NONE : columns.data(on);
    }

    static LinearKernels.Precision precision(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> LinearKernels.Precision.F32;
            case BFLOAT16 -> LinearKernels.Precision.BF16;
            default -> throw new IllegalArgumentException("the kernels keep numbers in float32 or bfloat16, not in " + dtype);
        };
    }

    static void requireSize(String name, Columns columns, long rows, long count) {
        require(columns == null || (columns.rows() == rows && columns.count() == count),
                () -> name + " is not [" + rows + ", " + count + "] in " + columns.matrix());
    }

    static void requireElements(String name, Tensor tensor, long elements) {
        require(tensor == null || tensor.elements() == elements, () -> name + " " + tensor + " has not " + elements + " elements");
    }

    /** Of offsets on the CPU. */
    static void requireOffsets(Tensor offsets, long rows) {
        long last = indices(CPU, offsets, offsets.elements()).getAtIndex(JAVA_LONG, offsets.elements() - 1);
        require(last == rows, () -> "offsets end with " + last + " where there are " + rows + " rows");
    }

    static void require(boolean holds, Supplier<String> text) {
        if (!holds) {
            throw new IllegalArgumentException(text.get());
        }
    }
}
