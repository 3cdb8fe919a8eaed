package org.drllava.model;

import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.Kernels.Columns;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * The way back through {@link PackedLlama}, written by hand: gradients of inputs and of an adapter and of nothing else, as
 * the base is frozen. Norms and products of gates are computed again rather than kept.
 */
record PackedBackward(Text config, PackedLlama forward, RotaryPositions rotary) {
    /** @param dStates [wanted, hidden], the gradient of {@link PackedTape#states} */
    void run(PackedTape tape, Tensor dStates, LoraGradients lora) {
        Tensor gradient = like(tape.last());
        Kernels.rmsNormBackward(Columns.of(gradient), Columns.of(dStates), Columns.of(tape.last()), forward.norm(), tape.lastInverse(), null);
        for (int layer = forward.blocks().size() - 1; layer >= 0; layer--) {
            int number = layer;
            PackedTape.Layer saved = tape.layers().get(layer);
            Tensor above = gradient;
            Tensor middle = TensorScope.scoped(() -> feedForward(number, saved, above, lora));
            gradient = TensorScope.scoped(() -> attention(number, tape, saved, middle, lora));
        }
    }

    /** @return the gradient of {@link PackedTape.Layer#middle} */
    private Tensor feedForward(int layer, PackedTape.Layer saved, Tensor dOut, LoraGradients lora) {
        PackedLlama.Block block = forward.blocks().get(layer);
        Tensor gateUp = saved.gateUp();
        long inner = gateUp.size(1) / 2;
        Tensor dGated = Kernels.linear(dOut, block.down().back(), null);
        Tensor dGateUp = like(gateUp);
        Columns dGate = new Columns(dGateUp, 0, inner);
        Columns dUp = new Columns(dGateUp, inner, inner);
        Tensor gated = like(dGated);
        Kernels.swigluBackward(dGate, dUp, Columns.of(gated), Columns.of(dGated), new Columns(gateUp, 0, inner), new Columns(gateUp, inner, inner));
        Tensor x = normed(saved.middle(), block.postNorm());
        lora.write(layer, LlamaModule.DOWN, gated, Columns.of(dOut));
        lora.write(layer, LlamaModule.GATE, x, dGate);
        lora.write(layer, LlamaModule.UP, x, dUp);
        Tensor result = like(saved.middle());
        Kernels.rmsNormBackward(Columns.of(result), Columns.of(Kernels.linear(dGateUp, block.gateUp().back(), null)), Columns.of(saved.middle()),
                block.postNorm(), saved.middleInverse(), Columns.of(dOut));
        return result;
    }

    /** @return the gradient of {@link PackedTape.Layer#input} */
    private Tensor attention(int layer, PackedTape tape, PackedTape.Layer saved, Tensor dMiddle, LoraGradients lora) {
        PackedLlama.Block block = forward.blocks().get(layer);
        Tensor dAttended = Kernels.linear(dMiddle, block.o().back(), null);
        lora.write(layer, LlamaModule.O, saved.attended(), Columns.of(dMiddle));

        JoinedHeads heads = JoinedHeads.of(config, saved.joined());
        Tensor joined = like(saved.joined());
        JoinedHeads gradients = JoinedHeads.of(config, joined);
        Tensor residual = dMiddle;
        Kernels.Packed shape = tape.rows().attention();
        Columns dQueries = gradients.queries();
        if (saved.index() != null) {
            shape = tape.wanted().attention(tape.rows());
            dQueries = Columns.of(like(saved.attended()));
            residual = Tensors.zeros(saved.input().device(), saved.input().dtype(), saved.input().shape());
            Ops.indexCopyInPlace(residual, 0, saved.index(), dMiddle);
        }
        Kernels.attendBackward(dQueries, gradients.keys(), gradients.values(), Columns.of(dAttended), Columns.of(saved.attended()), saved.logSumExp(),
                saved.queries(), heads.keys(), heads.values(), shape, config.headSize());
        if (saved.index() != null) {
            Tensor queries = Ops.slice(joined, 1, 0, gradients.queries().count());
            Tensors.zero(queries);
            Ops.indexCopyInPlace(queries, 0, saved.index(), dQueries.matrix());
        }
        rotary.turn(gradients.turned(), tape.rows().positions(), true);

        Tensor x = normed(saved.input(), block.inputNorm());
        lora.write(layer, LlamaModule.Q, x, gradients.queries());
        lora.write(layer, LlamaModule.K, x, gradients.keys());
        lora.write(layer, LlamaModule.V, x, gradients.values());
        if (layer == 0) {
            return dMiddle; // nothing below the first block is trained
        }
        Tensor result = like(saved.input());
        Kernels.rmsNormBackward(Columns.of(result), Columns.of(Kernels.linear(joined, block.qkv().back(), null)), Columns.of(saved.input()),
                block.inputNorm(), saved.inverse(), Columns.of(residual));
        return result;
    }

    private Tensor normed(Tensor hidden, Tensor weight) {
        Tensor y = like(hidden);
        Kernels.rmsNorm(Columns.of(y), Columns.of(hidden), weight, config.rmsNormEps(), null);
        return y;
    }

    private static Tensor like(Tensor other) {
        return Tensors.empty(other.device(), other.dtype(), other.shape());
    }
}
