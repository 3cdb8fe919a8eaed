package org.drllava.tensor;

import static org.drllava.bindings.kernels.KernelLibrary.CPU;
import static org.drllava.tensor.KernelArguments.precision;
import static org.drllava.tensor.KernelArguments.require;
import static org.drllava.tensor.Kernels.onGpu;

import java.util.List;
import org.drllava.bindings.kernels.LinearKernels;
import org.drllava.bindings.kernels.Matrix;

/** A weight ready for {@link Products}, or several one above the other that share their input. */
public sealed interface PackedWeight {
    /** Inputs of the product. */
    long in();

    /** Outputs of the product, of all weights together. */
    long out();

    /** What it is made of: copies that the scope of {@link #of} owns, or the weights themselves. */
    List<Tensor> tensors();

    /**
     * Layers with the same input as {@link #of} takes them best: where weights are laid out anyway, as one.
     *
     * @param weights each [out, in]
     */
    static List<Tensor> joined(List<Tensor> weights) {
        boolean apart = weights.size() == 1 || onGpu(weights.getFirst().device());
        return apart ? weights : List.of(Ops.cat(0, weights.toArray(Tensor[]::new)));
    }

    /**
     * For {@code x Wᵀ}. What is not a weight itself belongs to the innermost scope.
     *
     * @param weights   each [out, in], one above the other; on a CPU one alone
     * @param precision float32, or bfloat16 to round the weight and what meets it; sums are float32 in both
     */
    static PackedWeight of(List<Tensor> weights, DType precision) {
        return laidOut(weights, LinearKernels.Layout.NT, precision);
    }

    /** For {@code g W}, the gradient with respect to the inputs of layers with these weights; as {@link #of}. */
    static PackedWeight transposed(List<Tensor> weights, DType precision) {
        return laidOut(weights, LinearKernels.Layout.NN, precision);
    }

    static PackedWeight of(Tensor weight, DType precision) {
        return of(List.of(weight), precision);
    }

    static PackedWeight transposed(Tensor weight, DType precision) {
        return transposed(List.of(weight), precision);
    }

    private static PackedWeight laidOut(List<Tensor> weights, LinearKernels.Layout layout, DType dtype) {
        LinearKernels.Precision precision = precision(dtype);
        boolean back = layout == LinearKernels.Layout.NN;
        if (onGpu(weights.getFirst().device())) {
            return new Plain(weights.stream().map(weight -> Ops.contiguous(Ops.to(weight, dtype))).toList(), back);
        }
        require(weights.size() == 1, () -> "weights are laid out one at a time, not " + weights.size());
        Tensor weight = weights.getFirst();
        long rows = weight.size(0), columns = weight.size(1);
        Tensor packed = Tensors.empty(Device.CPU, DType.FLOAT32, LinearKernels.packedFloats(CPU, rows, columns, layout, precision));
        try (TensorScope scope = TensorScope.open()) {
            Matrix data = Columns.of(Ops.to(weight, DType.FLOAT32)).data(CPU);
            LinearKernels.pack(CPU, data, rows, columns, layout, precision, packed.segment());
        }
        return new Panels(packed, back ? rows : columns, back ? columns : rows);
    }

    /** Laid out for the CPU's kernels. */
    record Panels(Tensor data, long in, long out) implements PackedWeight {
        @Override
        public List<Tensor> tensors() {
            return List.of(data);
        }
    }

    /**
     * On a GPU as they are, for cuBLAS.
     *
     * @param tensors each [outputs, inputs] of its layer, of one dtype
     * @param back    whether gradients go the layer's way back, {@code g W}
     */
    record Plain(List<Tensor> tensors, boolean back) implements PackedWeight {
        @Override
        public long in() {
            return back ? outputs() : tensors.getFirst().size(1);
        }

        @Override
        public long out() {
            return back ? tensors.getFirst().size(1) : outputs();
        }

        private long outputs() {
            return tensors.stream().mapToLong(weight -> weight.size(0)).sum();
        }

        DType dtype() {
            return tensors.getFirst().dtype();
        }
    }
}
