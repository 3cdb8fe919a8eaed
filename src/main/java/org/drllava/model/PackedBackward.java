package org.drllava.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.AttentionRows;
import org.drllava.tensor.Fused;
import org.drllava.tensor.Matrix;
import org.drllava.tensor.Ops;
import org.drllava.tensor.PackedWeight;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * The way back through {@link PackedLlama}, written by hand: gradients of inputs and of an adapter and of nothing else, as
 * the base is frozen. Norms and products of gates are computed again rather than kept.
 */
final class PackedBackward {
    private record Block(PackedWeight qkv, PackedWeight o, PackedWeight gateUp, PackedWeight down) {}

    private final Text config;
    private final PackedLlama forward;
    private final RotaryPositions rotary;
    private final List<Block> blocks = new ArrayList<>();

    /** @param weights those of {@code forward}; their packed copies belong to the innermost scope */
    PackedBackward(Text config, Weights weights, RotaryPositions rotary, PackedLlama forward) {
        this.config = config;
        this.forward = forward;
        this.rotary = rotary;
        for (int i = 0; i < config.layers(); i++) {
            String layer = "language_model.layers." + i + ".";
            blocks.add(new Block(packed(weights, layer, LlamaModule.Q, LlamaModule.K, LlamaModule.V), packed(weights, layer, LlamaModule.O),
                    packed(weights, layer, LlamaModule.GATE, LlamaModule.UP), packed(weights, layer, LlamaModule.DOWN)));
        }
    }

    private static PackedWeight packed(Weights weights, String layer, LlamaModule... modules) {
        return PackedWeight.backward(() -> Ops.cat(0, Arrays.stream(modules)
                .map(module -> weights.get(layer + module.path() + ".weight")).toArray(Tensor[]::new)));
    }

    /** @param dStates [wanted, hidden], the gradient of {@link PackedTape#states} */
    void run(PackedTape tape, Tensor dStates, LoraGradients lora) {
        Tensor gradient = like(tape.last());
        Fused.rmsNormBackward(Matrix.of(gradient), Matrix.of(dStates), Matrix.of(tape.last()), forward.norm(), tape.lastInverse(), null);
        for (int layer = blocks.size() - 1; layer >= 0; layer--) {
            int number = layer;
            PackedTape.Layer saved = tape.layers().get(layer);
            Tensor above = gradient;
            Tensor middle = TensorScope.scoped(() -> feedForward(number, saved, above, lora));
            gradient = TensorScope.scoped(() -> attention(number, tape, saved, middle, lora));
        }
    }

    /** @return the gradient of {@link PackedTape.Layer#middle} */
    private Tensor feedForward(int layer, PackedTape.Layer saved, Tensor dOut, LoraGradients lora) {
        PackedLlama.Block plain = forward.blocks().get(layer);
        Matrix gateUp = Matrix.of(saved.gateUp());
        long inner = gateUp.columns() / 2;
        Matrix dGated = linear(blocks.get(layer).down(), Matrix.of(dOut));
        Matrix dGateUp = Matrix.empty(gateUp.rows(), gateUp.columns());
        Matrix gated = Matrix.empty(gateUp.rows(), inner);
        Fused.swiGluBackward(dGateUp, gated, dGated, gateUp);
        Matrix x = normed(saved.middle(), plain.postNorm());
        lora.write(layer, LlamaModule.DOWN, gated.tensor(), dOut);
        lora.write(layer, LlamaModule.GATE, x.tensor(), dGateUp.columns(0, inner).tensor());
        lora.write(layer, LlamaModule.UP, x.tensor(), dGateUp.columns(inner, inner).tensor());
        Tensor result = like(saved.middle());
        Fused.rmsNormBackward(Matrix.of(result), linear(blocks.get(layer).gateUp(), dGateUp), Matrix.of(saved.middle()), plain.postNorm(),
                saved.middleInverse(), Matrix.of(dOut));
        return result;
    }

    /** @return the gradient of {@link PackedTape.Layer#input} */
    private Tensor attention(int layer, PackedTape tape, PackedTape.Layer saved, Tensor dMiddle, LoraGradients lora) {
        PackedLlama.Block plain = forward.blocks().get(layer);
        Matrix dAttended = linear(blocks.get(layer).o(), Matrix.of(dMiddle));
        lora.write(layer, LlamaModule.O, saved.attended().tensor(), dMiddle);

        JoinedHeads heads = JoinedHeads.of(config, saved.joined());
        Tensor joined = like(saved.joined());
        JoinedHeads gradients = JoinedHeads.of(config, joined);
        Tensor residual = dMiddle;
        AttentionRows shape = tape.rows().attention();
        Matrix dQueries = gradients.queries();
        if (saved.index() != null) {
            shape = tape.wanted().attention(tape.rows());
            dQueries = Matrix.empty(saved.queries().rows(), saved.queries().columns());
            residual = Tensors.zeros(saved.input().device(), saved.input().dtype(), saved.input().shape());
            Ops.indexCopyInPlace(residual, 0, saved.index(), dMiddle);
        }
        Fused.attentionBackward(dQueries, gradients.keys(), gradients.values(), dAttended, saved.attended(), saved.logSumExp(), saved.queries(),
                heads.keys(), heads.values(), shape, config.headSize());
        if (saved.index() != null) {
            Tensor queries = gradients.queries().tensor();
            Tensors.zero(queries);
            Ops.indexCopyInPlace(queries, 0, saved.index(), dQueries.tensor());
        }
        rotary.turn(gradients.turned(), tape.rows().positions(), true);

        Matrix x = normed(saved.input(), plain.inputNorm());
        lora.write(layer, LlamaModule.Q, x.tensor(), gradients.queries().tensor());
        lora.write(layer, LlamaModule.K, x.tensor(), gradients.keys().tensor());
        lora.write(layer, LlamaModule.V, x.tensor(), gradients.values().tensor());
        if (layer == 0) {
            return dMiddle; // nothing below the first block is trained
        }
        Tensor result = like(saved.input());
        Fused.rmsNormBackward(Matrix.of(result), linear(blocks.get(layer).qkv(), Matrix.of(joined)), Matrix.of(saved.input()), plain.inputNorm(),
                saved.inverse(), Matrix.of(residual));
        return result;
    }

    private Matrix normed(Tensor hidden, Tensor weight) {
        Matrix y = Matrix.empty(hidden.size(0), hidden.size(1));
        Fused.rmsNorm(y, Matrix.of(hidden), weight, config.rmsNormEps(), null);
        return y;
    }

    private static Matrix linear(PackedWeight weight, Matrix x) {
        Matrix y = Matrix.empty(x.rows(), weight.outputs());
        Fused.linear(y, x, weight, null);
        return y;
    }

    private static Tensor like(Tensor other) {
        return Tensors.empty(other.device(), other.dtype(), other.shape());
    }
}
