package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;

/** Log-probabilities of tokens straight from hidden states, and sampling, which gives a token the same log-probability. */
public final class VocabularyKernels {
    // (logprobs, entropies, gradients, ldg, hidden, ldh, packed, packed_transposed, const int64_t* targets, const int64_t* suppressed,
    //  suppressed_count, float temperature, rows, n_in, vocabulary)
    private static final MethodHandle dl_token_logprobs = KernelLibrary.bind("dl_token_logprobs", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG,
            ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_FLOAT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // (logprobs, entropies, float* logits, ldl, const int64_t* targets, float temperature, int differentiate, rows, vocabulary)
    private static final MethodHandle dl_logit_logprobs = KernelLibrary.bind("dl_logit_logprobs", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG,
            ADDRESS, JAVA_FLOAT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    // (double* uniform, seed, step, conversation, position)
    private static final MethodHandle dl_uniform = KernelLibrary.bind("dl_uniform", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // (int64_t* tokens, float* logprobs, float* entropies, logits, ldl, const dl_sampling* sampling, const int64_t* conversations,
    //  const int64_t* positions, rows, vocabulary)
    private static final MethodHandle dl_sample_tokens = KernelLibrary.bind("dl_sample_tokens", ADDRESS, ADDRESS, ADDRESS, ADDRESS,
            JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG);

    private VocabularyKernels() {}

    /**
     * The layer that makes logits, and how.
     *
     * @param packed     [vocabulary, in], packed NT
     * @param transposed the same, packed NN; NULL where no gradients are wanted
     * @param suppressed int64, rising: tokens that the distribution leaves out; empty for none
     */
    public record Head(MemorySegment packed, MemorySegment transposed, long in, long vocabulary, MemorySegment suppressed, float temperature) {}

    /** @param entropies [rows] or NULL; @param gradients [rows, in] or {@link Matrix#NONE}; @param targets int64 [rows] */
    public static void logprobs(KernelLibrary on, MemorySegment logprobs, MemorySegment entropies, Matrix gradients, Matrix hidden,
            MemorySegment targets, long rows, Head head) {
        try {
            on.check((int) dl_token_logprobs.invokeExact(on, logprobs, entropies, gradients.data(), gradients.ld(), hidden.data(),
                    hidden.ld(), head.packed(), head.transposed(), targets, head.suppressed(), head.suppressed().byteSize() / Long.BYTES,
                    head.temperature(), rows, head.in(), head.vocabulary()));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** Uniform in [0, 1), a pure function of its arguments. */
    public static double uniform(long seed, long step, long conversation, long position) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment uniform = arena.allocate(JAVA_DOUBLE);
            KernelLibrary.CPU.check((int) dl_uniform.invokeExact(KernelLibrary.CPU, uniform, seed, step, conversation, position));
            return uniform.get(JAVA_DOUBLE, 0);
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** From logits. @param logits overwritten by d logprob / d logit with {@code differentiate}; @param targets int64 [rows] */
    public static void logitLogprobs(KernelLibrary on, MemorySegment logprobs, MemorySegment entropies, Matrix logits, MemorySegment targets,
            float temperature, boolean differentiate, long rows, long vocabulary) {
        try {
            on.check((int) dl_logit_logprobs.invokeExact(on, logprobs, entropies, logits.data(), logits.ld(), targets, temperature,
                    differentiate ? 1 : 0, rows, vocabulary));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /**
     * How tokens are chosen.
     *
     * @param temperature 0 for the likeliest token
     * @param topK        0 for all
     * @param topP        1 for all
     * @param suppressed  int64, rising: never chosen
     */
    public record Sampling(double temperature, long topK, double topP, MemorySegment suppressed, long seed, long step) {
        // typedef struct { double temperature; int64_t top_k; double top_p; const int64_t* suppressed; int64_t suppressed_count, seed, step; } dl_sampling
        private MemorySegment struct(SegmentAllocator allocator) {
            return allocator.allocateFrom(JAVA_LONG, Double.doubleToRawLongBits(temperature), topK, Double.doubleToRawLongBits(topP),
                    suppressed.address(), suppressed.byteSize() / Long.BYTES, seed, step);
        }
    }

    /** @param tokens int64 [rows]; @param entropies [rows] or NULL; @param conversations int64 [rows]; @param positions int64 [rows] */
    public static void sample(KernelLibrary on, MemorySegment tokens, MemorySegment logprobs, MemorySegment entropies, Matrix logits,
            Sampling sampling, MemorySegment conversations, MemorySegment positions, long rows, long vocabulary) {
        try (Arena arena = Arena.ofConfined()) {
            on.check((int) dl_sample_tokens.invokeExact(on, tokens, logprobs, entropies, logits.data(), logits.ld(),
                    sampling.struct(arena), conversations, positions, rows, vocabulary));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }
}
