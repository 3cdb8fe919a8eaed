package org.drllava.model;

import java.util.Map;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Attention;
import org.drllava.tensor.Columns;
import org.drllava.tensor.Layers;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * The way back through {@link PackedLlama}, written by hand: gradients of inputs and of an adapter and of nothing else, as
 * the base is frozen. Norms and products of gates are computed again rather than kept.
 */
record PackedBackward(Text config, PackedLlama forward, RotaryPositions rotary) {
    /** @param dStates [wanted, hidden], the gradient of {@link PackedTape#states}; @param gradients where the adapter's go, by name */
    void run(PackedTape tape, Tensor dStates, Map<String, Tensor> gradients) {
        Tensor gradient = like(tape.last());
        Layers.rmsNormBackward(Columns.of(gradient), Columns.of(dStates), Columns.of(tape.last()), forward.norm(), tape.lastInverse(), null);
        for (int layer = forward.blocks().size() - 1; layer >= 0; layer--) {
            int number = layer;
            Tensor above = gradient;
            gradient = TensorScope.scoped(() -> block(number, tape, above, gradients));
        }
    }

    private Tensor block(int layer, PackedTape tape, Tensor dOut, Map<String, Tensor> gradients) {
        PackedTape.Layer kept = tape.layers().get(layer);
        PackedTape.Layer saved = kept.complete() ? kept : forward.again(layer, tape);
        Tensor middle = TensorScope.scoped(() -> feedForward(layer, saved, dOut, gradients));
        return attention(layer, tape, saved, middle, gradients);
    }

    /** @return the gradient of {@link PackedTape.Layer#middle} */
    private Tensor feedForward(int layer, PackedTape.Layer saved, Tensor dOut, Map<String, Tensor> gradients) {
        PackedLlama.Block block = forward.blocks().get(layer);
        Tensor gateUp = saved.gateUp();
        long inner = gateUp.size(1) / 2;
        Tensor low = block.down().lowBack(dOut);
        Tensor dGated = block.down().back(dOut, low);
        Tensor dGateUp = like(gateUp);
        Columns dGate = new Columns(dGateUp, 0, inner);
        Columns dUp = new Columns(dGateUp, inner, inner);
        Tensor gated = like(dGated);
        Layers.swigluBackward(dGate, dUp, Columns.of(gated), Columns.of(dGated), new Columns(gateUp, 0, inner), new Columns(gateUp, inner, inner));
        Tensor x = normed(saved.middle(), block.postNorm());
        block.down().write(gated, dOut, low, gradients);
        Tensor lowGateUp = block.gateUp().lowBack(dGateUp);
        block.gateUp().write(x, dGateUp, lowGateUp, gradients);
        Tensor result = like(saved.middle());
        Layers.rmsNormBackward(Columns.of(result), Columns.of(block.gateUp().back(dGateUp, lowGateUp)), Columns.of(saved.middle()),
                block.postNorm(), saved.middleInverse(), Columns.of(dOut));
        return result;
    }

    /** @return the gradient of {@link PackedTape.Layer#input} */
    private Tensor attention(int layer, PackedTape tape, PackedTape.Layer saved, Tensor dMiddle, Map<String, Tensor> gradients) {
        PackedLlama.Block block = forward.blocks().get(layer);
        Tensor lowMiddle = block.o().lowBack(dMiddle);
        Tensor dAttended = block.o().back(dMiddle, lowMiddle);
        block.o().write(saved.attended(), dMiddle, lowMiddle, gradients);

        JoinedHeads heads = JoinedHeads.of(config, saved.joined());
        Tensor joined = like(saved.joined());
        JoinedHeads dHeads = JoinedHeads.of(config, joined);
        Tensor residual = dMiddle;
        Attention.Packed shape = tape.rows().attention();
        Columns dQueries = dHeads.queries();
        if (saved.index() != null) {
            shape = tape.wanted().attention(tape.rows());
            dQueries = Columns.of(like(saved.attended()));
            residual = Tensors.zeros(saved.input().device(), saved.input().dtype(), saved.input().shape());
            Ops.indexCopyInPlace(residual, 0, saved.index(), dMiddle);
        }
        Attention.backward(dQueries, dHeads.keys(), dHeads.values(), Columns.of(dAttended), Columns.of(saved.attended()), saved.logSumExp(),
                saved.queries(), heads.keys(), heads.values(), shape, config.headSize());
        if (saved.index() != null) {
            Tensor queries = Ops.slice(joined, 1, 0, dHeads.queries().count());
            Tensors.zero(queries);
            Ops.indexCopyInPlace(queries, 0, saved.index(), dQueries.matrix());
        }
        rotary.turn(dHeads.turned(), tape.rows().positions(), true);

        Tensor x = normed(saved.input(), block.inputNorm());
        Tensor low = block.qkv().lowBack(joined);
        block.qkv().write(x, joined, low, gradients);
        if (layer == 0) {
            return dMiddle; // nothing below the first block is trained
        }
        Tensor result = like(saved.input());
        Layers.rmsNormBackward(Columns.of(result), Columns.of(block.qkv().back(joined, low)), Columns.of(saved.input()),
                block.inputNorm(), saved.inverse(), Columns.of(residual));
        return result;
    }

    private Tensor normed(Tensor hidden, Tensor weight) {
        Tensor y = like(hidden);
        Layers.rmsNorm(Columns.of(y), Columns.of(hidden), weight, config.rmsNormEps(), null);
        return y;
    }

    private static Tensor like(Tensor other) {
        return Tensors.empty(other.device(), other.dtype(), other.shape());
    }
}
