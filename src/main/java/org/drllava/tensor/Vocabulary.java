package org.drllava.tensor;

import static org.drllava.bindings.kernels.KernelLibrary.CPU;
import static org.drllava.tensor.KernelArguments.floats;
import static org.drllava.tensor.KernelArguments.floatsOrNull;
import static org.drllava.tensor.KernelArguments.indices;
import static org.drllava.tensor.KernelArguments.orNone;
import static org.drllava.tensor.KernelArguments.requireElements;
import static org.drllava.tensor.KernelArguments.requireSize;
import static org.drllava.tensor.Kernels.on;

import java.lang.foreign.MemorySegment;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.VocabularyKernels;

/** How likely a model takes given tokens to be, on the project's own {@link Kernels}. {@link Sampler} chooses tokens. */
public final class Vocabulary {
    /** Most numbers of a block of logits on a GPU: 64 MiB. */
    private static final long LOGITS = 1 << 24;

    private Vocabulary() {}

    /**
     * The layer that makes logits, and the temperature that divides them.
     *
     * @param weight     of {@link PackedWeight#of}
     * @param transposed of {@link PackedWeight#transposed}, for gradients; else null
     */
    public record Head(PackedWeight weight, PackedWeight transposed, double temperature) {}

    /**
     * Log-probabilities and entropies of given tokens, without a matrix of all logits: a block of rows has its own at most.
     *
     * @param logprobs  [rows], to fill
     * @param entropies [rows], to fill, or null
     * @param gradients [rows, in], to fill with d logprob / d hidden, or null
     * @param hidden    [rows, in]
     * @param targets   int64 [rows]
     */
    public static void logprobs(Tensor logprobs, Tensor entropies, Columns gradients, Columns hidden, Tensor targets, Head head) {
        requireElements("logprobs", logprobs, hidden.rows());
        requireElements("entropies", entropies, hidden.rows());
        requireSize("gradients", gradients, hidden.rows(), hidden.count());
        requireSize("hidden", hidden, hidden.rows(), head.weight().in());
        switch (head.weight()) {
            case PackedWeight.Panels(Tensor packed, long in, long vocabulary) -> {
                MemorySegment transposed = head.transposed() instanceof PackedWeight.Panels back ? floats(CPU, back.data()) : MemorySegment.NULL;
                VocabularyKernels.logprobs(CPU, floats(CPU, logprobs), floatsOrNull(CPU, entropies), orNone(CPU, gradients), hidden.data(CPU),
                        indices(CPU, targets, hidden.rows()), hidden.rows(),
                        new VocabularyKernels.Head(floats(CPU, packed), transposed, in, vocabulary, MemorySegment.NULL, (float) head.temperature()));
            }
            case PackedWeight.Plain _ -> {
                long block = Math.max(1, LOGITS / head.weight().out());
                for (long from = 0; from < hidden.rows(); from += block) {
                    logprobsOfBlock(logprobs, entropies, gradients, hidden, targets, head, from, Math.min(block, hidden.rows() - from));
                }
            }
        }
    }

    private static void logprobsOfBlock(Tensor logprobs, Tensor entropies, Columns gradients, Columns hidden, Tensor targets, Head head, long from,
            long rows) {
        try (TensorScope scope = TensorScope.open()) {
            Columns logits = Columns.of(Tensors.empty(hidden.matrix().device(), DType.FLOAT32, rows, head.weight().out()));
            Products.linear(logits, hidden.rows(from, rows), head.weight(), null, 1);
            KernelLibrary on = on(logits);
            VocabularyKernels.logitLogprobs(on, floats(on, Tensors.alias(logprobs, from, rows)),
                    entropies == null ? MemorySegment.NULL : floats(on, Tensors.alias(entropies, from, rows)), logits.data(on),
                    indices(on, Tensors.alias(targets, from, rows), rows), (float) head.temperature(), gradients != null, rows, logits.count());
            if (gradients != null) {
                Products.linear(gradients.rows(from, rows), logits, head.transposed(), null, 1);
            }
        }
    }
}
