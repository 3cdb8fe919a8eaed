package org.drllava.model;

import java.util.List;
import java.util.stream.IntStream;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.PackedWeight;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;

/**
 * The decoder's weights laid out for the project's own kernels, once for many passes.
 *
 * @param norm      float32 [hidden], the last one
 * @param precision of the products: float32, or bfloat16, in which keys and values are kept too
 */
record PackedWeights(List<Block> blocks, Tensor norm, DType precision) {
    /** Layers with the same input, joined to one. @param back for the way back; null where nothing is trained */
    record Layer(List<LlamaModule> modules, PackedWeight there, PackedWeight back) {}

    /** Weights of a block; norms are float32. */
    record Block(Tensor inputNorm, Tensor postNorm, Layer qkv, Layer o, Layer gateUp, Layer down) {}

    /**
     * They belong to the innermost scope.
     *
     * @param precision of the products: float32 or bfloat16
     * @param trained   whether the way back is wanted too
     */
    static PackedWeights of(Text config, Weights weights, DType precision, boolean trained) {
        return new PackedWeights(IntStream.range(0, config.layers()).mapToObj(number -> {
            String block = "language_model.layers." + number + ".";
            return new Block(norm(weights, block + "input_layernorm.weight"), norm(weights, block + "post_attention_layernorm.weight"),
                    layer(weights, block, precision, trained, LlamaModule.Q, LlamaModule.K, LlamaModule.V),
                    layer(weights, block, precision, trained, LlamaModule.O),
                    layer(weights, block, precision, trained, LlamaModule.GATE, LlamaModule.UP),
                    layer(weights, block, precision, trained, LlamaModule.DOWN));
        }).toList(), norm(weights, "language_model.norm.weight"), precision);
    }

    private static Tensor norm(Weights weights, String name) {
        return Ops.to(weights.get(name), DType.FLOAT32);
    }

    /** What the layers are made of is let go. */
    private static Layer layer(Weights weights, String block, DType precision, boolean trained, LlamaModule... modules) {
        try (TensorScope scope = TensorScope.open()) {
            List<Tensor> apart = List.of(modules).stream().map(module -> weights.get(block + module.path() + ".weight")).toList();
            List<Tensor> joined = PackedWeight.joined(apart);
            PackedWeight there = PackedWeight.of(joined, precision);
            there.tensors().forEach(scope::keep);
            PackedWeight back = trained ? PackedWeight.transposed(joined, precision) : null;
            if (trained) {
                back.tensors().forEach(scope::keep);
            }
            List.of(modules).forEach(module -> weights.rest(block + module.path() + ".weight"));
            return new Layer(List.of(modules), there, back);
        }
    }
}
