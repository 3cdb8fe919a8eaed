package org.drllava.tensor;

import java.util.function.Supplier;
import org.drllava.bindings.kernels.Kernels;

/**
 * A weight laid out for the fused products, once for many uses. Its memory belongs to the scope that was innermost when it
 * was packed.
 */
public final class PackedWeight {
    private final Tensor memory;
    private final long inputs;
    private final long outputs;

    private PackedWeight(Tensor memory, long inputs, long outputs) {
        this.memory = memory;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** For {@code y = x Wᵀ}, a forward pass. @param weight makes float32 [outputs, inputs] on the CPU, needed no longer afterwards */
    public static PackedWeight forward(Supplier<Tensor> weight) {
        return pack(weight, false);
    }

    /** For {@code dx = dy W}, the way back. @param weight as for {@link #forward} */
    public static PackedWeight backward(Supplier<Tensor> weight) {
        return pack(weight, true);
    }

    private static PackedWeight pack(Supplier<Tensor> weight, boolean transposed) {
        try (TensorScope scope = TensorScope.open()) {
            Matrix w = Matrix.of(weight.get());
            long floats = Kernels.packedSize(w.rows(), w.columns(), transposed);
            Tensor memory = scope.keep(Tensors.empty(Device.CPU, DType.FLOAT32, floats));
            Kernels.pack(w.memory(), w.stride(), w.rows(), w.columns(), transposed, memory.segment(), floats);
            return transposed ? new PackedWeight(memory, w.rows(), w.columns()) : new PackedWeight(memory, w.columns(), w.rows());
        }
    }

    Tensor memory() {
        return memory;
    }

    /** Columns of the product's input. */
    public long inputs() {
        return inputs;
    }

    /** Columns of the product. */
    public long outputs() {
        return outputs;
    }
}
