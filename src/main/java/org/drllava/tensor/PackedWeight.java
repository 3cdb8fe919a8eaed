package org.drllava.tensor;

import java.util.List;

/** A weight ready for products ({@link Kernels#pack}), or several one above the other that share their input. */
public sealed interface PackedWeight {
    /** Inputs of the product. */
    long in();

    /** Outputs of the product, of all weights together. */
    long out();

    /** What it is made of: copies that the scope of {@link Kernels#pack} owns, or the weights themselves. */
    List<Tensor> tensors();

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
