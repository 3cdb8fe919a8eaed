package org.drllava.model;

import java.util.Map;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.Kernels.Columns;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;

/**
 * Where the gradients of an adapter go on a way back that autograd has not recorded.
 *
 * @param adapter   the updates themselves
 * @param gradients float32, by the names of {@link LoraAdapter#shapes}
 */
record LoraGradients(LoraAdapter adapter, Map<String, Tensor> gradients) {
    /**
     * Writes what one layer's pass contributes: {@code dA = scale (dY B)ᵀ X} and {@code dB = scale dYᵀ (X Aᵀ)}.
     *
     * @param x  [rows, in], what the layer read
     * @param dy [rows, out], the gradient of what it gave
     */
    void write(int layer, LlamaModule module, Tensor x, Columns dy) {
        LoraAdapter.Update update = adapter.update(layer, module);
        if (update == null) {
            return;
        }
        String name = LoraAdapter.moduleName(layer, module);
        try (TensorScope scope = TensorScope.open()) {
            Tensor low = Ops.linear(x, update.a(), null);
            Tensor back = Ops.matmul(Ops.slice(dy.matrix(), 1, dy.from(), dy.from() + dy.count()), update.b());
            Kernels.weightGradient(Columns.of(gradients.get(name + ".lora_B")), dy, Columns.of(low), update.scale(), false);
            Kernels.weightGradient(Columns.of(gradients.get(name + ".lora_A")), Columns.of(back), Columns.of(x), update.scale(), false);
        }
    }
}
