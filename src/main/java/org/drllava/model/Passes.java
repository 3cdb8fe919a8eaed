package org.drllava.model;

import java.util.function.Function;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Descent;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/** Forward passes that gradients flow back through, all with the parameters as they stood when these were made. */
public interface Passes {
    /**
     * One of them.
     *
     * @param model  its head scores the states
     * @param states [n, hidden] that predict the answers; recorded, or a leaf
     * @param below  the way back from there where autograd has not recorded it, else null
     */
    record Pass(LlavaModel model, Tensor states, Descent.Below below) {}

    /**
     * @param features [images, features, vision hidden], of the images in the order in which they occur
     * @param leaves   where gradients go
     */
    Pass run(TokenBatch tokens, Tensor features, AnswerRows answers, ParameterArena.Leaves leaves);

    /** On libtorch's operators, recorded by autograd. */
    static Passes recorded(Function<ParameterArena.Leaves, Network> networks) {
        return (tokens, features, answers, leaves) -> {
            Network network = networks.apply(leaves);
            LlavaModel model = network.model();
            return new Pass(model, model.answerStates(tokens, model.project(features), network.adapter(), answers), null);
        };
    }

    /** An adapter on a frozen base: on the project's own kernels where they can be had. What is packed belongs to the innermost scope. */
    static Passes adapted(LlavaModel base, double scale, ParameterArena arena) {
        if (!base.packs()) {
            return recorded(leaves -> Network.adapted(base, LoraAdapter.of(leaves.byName(), scale)));
        }
        LlavaModel packed = base.packedForTraining(LoraAdapter.of(arena.byName(), scale));
        return (tokens, features, answers, leaves) -> {
            PackedTape tape;
            try (Autograd.Guard off = Autograd.off()) {
                tape = packed.record(tokens, base.project(features), answers);
            }
            Tensor gradient = Tensors.zeros(base.device(), base.dtype(), tape.states().shape());
            Tensor states = Autograd.leaf(tape.states(), gradient);
            LoraGradients lora = new LoraGradients(LoraAdapter.of(leaves.byName(), scale), leaves.gradients());
            return new Pass(base, states, new Descent.Below() {
                @Override
                public Tensor leaf() {
                    return states;
                }

                @Override
                public void backward() {
                    try (Autograd.Guard off = Autograd.off()) {
                        packed.back(tape, gradient, lora);
                    }
                }
            });
        };
    }
}
