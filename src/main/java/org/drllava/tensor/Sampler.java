package org.drllava.tensor;

import static org.drllava.tensor.KernelArguments.floats;
import static org.drllava.tensor.KernelArguments.indices;
import static org.drllava.tensor.KernelArguments.indicesOrNull;
import static org.drllava.tensor.KernelArguments.requireElements;
import static org.drllava.tensor.Kernels.on;

import java.lang.foreign.MemorySegment;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.VocabularyKernels;

/** Chooses tokens by their logits, on the project's own {@link Kernels}. */
public final class Sampler {
    private Sampler() {}

    /**
     * How tokens are chosen; a token depends on seed, step, conversation and position alone.
     *
     * @param temperature 0 takes the likeliest token, scored at 1
     * @param topK        0 for all
     * @param topP        1 for all
     * @param suppressed  int64, rising: never chosen, but counted in log-probabilities; null for none
     */
    public record Choice(double temperature, long topK, double topP, Tensor suppressed, long seed, long step) {}

    /** The tokens chosen, with their log-probabilities: {@link Vocabulary#logprobs} gives the same bits. */
    public record Chosen(long[] tokens, float[] logprobs) {}

    /** @param logits [rows, vocabulary], not divided by the temperature; @param conversations int64 [rows]; @param positions int64 [rows] */
    public static Chosen sample(Columns logits, Choice choice, Tensor conversations, Tensor positions) {
        try (TensorScope scope = TensorScope.open()) {
            Device device = logits.matrix().device();
            Tensor tokens = Tensors.empty(device, DType.INT64, logits.rows());
            Tensor logprobs = Tensors.empty(device, DType.FLOAT32, logits.rows());
            sample(tokens, logprobs, logits, choice, conversations, positions);
            return new Chosen(tokens.toLongs(), logprobs.toFloats());
        }
    }

    /** As {@link #sample(Columns, Choice, Tensor, Tensor)}. @param tokens int64 [rows], to fill; @param logprobs [rows], to fill */
    public static void sample(Tensor tokens, Tensor logprobs, Columns logits, Choice choice, Tensor conversations, Tensor positions) {
        requireElements("logprobs", logprobs, logits.rows());
        KernelLibrary on = on(logits);
        var sampling = new VocabularyKernels.Sampling(choice.temperature(), choice.topK(), choice.topP(),
                indicesOrNull(on, choice.suppressed()), choice.seed(), choice.step());
        VocabularyKernels.sample(on, indices(on, tokens, logits.rows()), floats(on, logprobs), MemorySegment.NULL, logits.data(on), sampling,
                indices(on, conversations, logits.rows()), indices(on, positions, logits.rows()), logits.rows(), logits.count());
    }

    /** Uniform in [0, 1), a pure function of its arguments (Philox4x32-10). */
    public static double uniform(long seed, long step, long conversation, long position) {
        return VocabularyKernels.uniform(seed, step, conversation, position);
    }
}
