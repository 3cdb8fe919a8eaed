package org.drllava.model;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.DType;
import org.drllava.tensor.Descent;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/** Forward passes that gradients flow back through, all with the parameters as they stood when these were made. */
public interface Passes {
    /** One of them, seen from where a loss goes on; one of the two is asked for, once. */
    interface Pass {
        /** The states that predict the answers: float32 or the model's dtype, [n, hidden]. */
        Top<Tensor> states();

        /** What the model thinks of the answers. */
        Top<TokenScores> scores(double temperature);
    }

    /** The upper end of a pass. @param below the way back from there where autograd has not recorded it, else null */
    record Top<T>(T value, Descent.Below below) {}

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
            return new Recorded(model, model.answerStates(tokens, model.project(features), network.adapter(), answers), answers);
        };
    }

    /** An adapter on a frozen base: on the project's own kernels where they can be had. What is packed belongs to the innermost scope. */
    static Passes adapted(LlavaModel base, double scale, ParameterArena arena) {
        if (!base.packs()) {
            return recorded(leaves -> Network.adapted(base, LoraAdapter.of(leaves.byName(), scale)));
        }
        LlavaModel packed = base.packedForTraining(LoraAdapter.of(arena.byName(), scale));
        return (tokens, features, answers, leaves) -> {
            try (Autograd.Guard off = Autograd.off()) {
                return new Packed(packed, packed.record(tokens, base.project(features), answers), answers, leaves.gradients());
            }
        };
    }

    /** @param value the states */
    record Recorded(LlavaModel model, Tensor value, AnswerRows answers) implements Pass {
        @Override
        public Top<Tensor> states() {
            return new Top<>(value, null);
        }

        @Override
        public Top<TokenScores> scores(double temperature) {
            return new Top<>(TokenScores.of(model, value, answers, temperature), null);
        }
    }

    /** On the project's own kernels. @param gradients where the adapter's go, by name */
    record Packed(LlavaModel model, PackedTape tape, AnswerRows answers, Map<String, Tensor> gradients) implements Pass {
        @Override
        public Top<Tensor> states() {
            Tensor dStates = Tensors.zeros(tape.states().device(), DType.FLOAT32, tape.states().shape());
            Tensor states = Autograd.leaf(tape.states(), dStates);
            return new Top<>(states, below(states, () -> dStates));
        }

        @Override
        public Top<TokenScores> scores(double temperature) {
            Tensor slopes = Tensors.empty(tape.states().device(), DType.FLOAT32, tape.states().shape());
            TokenScores scores = model.packedHead().scores(tape.states(), slopes, answers, temperature);
            Tensor dLogprobs = Tensors.zeros(tape.states().device(), DType.FLOAT32, answers.count());
            Tensor logprobs = Autograd.leaf(scores.logprobs(), dLogprobs);
            return new Top<>(new TokenScores(logprobs, scores.entropies()),
                    below(logprobs, () -> Ops.multiply(slopes, Ops.view(dLogprobs, answers.count(), 1))));
        }

        private Descent.Below below(Tensor leaf, Supplier<Tensor> dStates) {
            return new Descent.Below() {
                @Override
                public Tensor leaf() {
                    return leaf;
                }

                @Override
                public void backward() {
                    try (Autograd.Guard off = Autograd.off()) {
                        model.back(tape, dStates.get(), gradients);
                    }
                }
            };
        }
    }
}
