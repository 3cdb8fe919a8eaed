package org.drllava.model;

import org.drllava.tensor.Autograd;
import org.drllava.tensor.Tensor;

/** A frozen base with an adapter added to it, packed for passes there and back. */
record PackedPasses(LlavaModel model, PackedBackward backward) {
    /** The packed weights belong to the innermost scope. */
    static PackedPasses of(LlavaModel base, LoraAdapter adapter) {
        try (Autograd.Guard off = Autograd.off()) {
            LlavaModel model = base.packed(adapter, false); // the states are scored by the base, which autograd records
            return new PackedPasses(model, model.packedBackward(adapter));
        }
    }

    PackedTape forward(TokenBatch tokens, Tensor images, AnswerRows answers) {
        return model.record(tokens, images, answers);
    }

    void back(PackedTape tape, Tensor dStates, LoraGradients lora) {
        backward.run(tape, dStates, lora);
    }
}
