package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Weight gradients, PPO's losses and advantages, AdamW. Arrays are float32 [n] unless said otherwise. */
public final class TrainingKernels {
    // (dw, lddw, dy, lddy, x, ldx, float scale, int add, rows, n_out, n_in)
    private static final MethodHandle dl_weight_gradient = KernelLibrary.bind("dl_weight_gradient", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS, JAVA_LONG, JAVA_FLOAT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // (double* loss, dlogprobs, logprobs, old_logprobs, advantages, double clip, double total, n)
    private static final MethodHandle dl_policy_loss = KernelLibrary.bind("dl_policy_loss", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
            JAVA_DOUBLE, JAVA_DOUBLE, JAVA_LONG);
    // (double* loss, dvalues, values, old_values, returns, double clip, double total, n)
    private static final MethodHandle dl_value_loss = KernelLibrary.bind("dl_value_loss", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
            JAVA_DOUBLE, JAVA_DOUBLE, JAVA_LONG);
    // (advantages, returns, rewards, values, const double* discounts, double lambda, const int64_t* offsets, conversations)
    private static final MethodHandle dl_advantages = KernelLibrary.bind("dl_advantages", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
            JAVA_DOUBLE, ADDRESS, JAVA_LONG);
    // (float* x, int shift_mean, n)
    private static final MethodHandle dl_whiten = KernelLibrary.bind("dl_whiten", ADDRESS, JAVA_INT, JAVA_LONG);
    // (double* sums, const float* x, block, n)
    private static final MethodHandle dl_squared_norms = KernelLibrary.bind("dl_squared_norms", ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG);
    // (parameters, gradient, first_moment, second_moment, const dl_adamw_settings* settings, n)
    private static final MethodHandle dl_adamw = KernelLibrary.bind("dl_adamw", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);

    private TrainingKernels() {}

    /** A call that writes one double. */
    @FunctionalInterface
    private interface ToDouble {
        int call(MemorySegment result) throws Throwable;
    }

    private static double result(KernelLibrary on, ToDouble function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(JAVA_DOUBLE);
            on.check(function.call(result));
            return result.get(JAVA_DOUBLE, 0);
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** {@code dw = scale · dyᵀ x}, or {@code +=} with {@code add}. */
    public static void weightGradient(KernelLibrary on, Matrix dw, Matrix dy, Matrix x, float scale, boolean add, long rows, long out, long in) {
        try {
            on.check((int) dl_weight_gradient.invokeExact(
                    on, dw.data(), dw.ld(), dy.data(), dy.ld(), x.data(), x.ld(), scale, add ? 1 : 0, rows, out, in));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** @return the loss; its gradient goes to {@code dlogprobs} */
    public static double policyLoss(KernelLibrary on, MemorySegment dlogprobs, MemorySegment logprobs, MemorySegment oldLogprobs,
            MemorySegment advantages, double clip, double total, long n) {
        return result(on, loss -> (int) dl_policy_loss.invokeExact(on, loss, dlogprobs, logprobs, oldLogprobs, advantages, clip, total, n));
    }

    /** @return the loss; its gradient goes to {@code dvalues} */
    public static double valueLoss(KernelLibrary on, MemorySegment dvalues, MemorySegment values, MemorySegment oldValues,
            MemorySegment returns, double clip, double total, long n) {
        return result(on, loss -> (int) dl_value_loss.invokeExact(on, loss, dvalues, values, oldValues, returns, clip, total, n));
    }

    /** @param discounts double [n]; @param offsets int64 [conversations + 1] */
    public static void advantages(KernelLibrary on, MemorySegment advantages, MemorySegment returns, MemorySegment rewards,
            MemorySegment values, MemorySegment discounts, double lambda, MemorySegment offsets, long conversations) {
        try {
            on.check((int) dl_advantages.invokeExact(on, advantages, returns, rewards, values, discounts, lambda, offsets, conversations));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    public static void whiten(KernelLibrary on, MemorySegment x, boolean shiftMean, long n) {
        try {
            on.check((int) dl_whiten.invokeExact(on, x, shiftMean ? 1 : 0, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** Σ x² of every {@code block} elements. @param sums double [⌈n / block⌉] */
    public static void squaredNorms(KernelLibrary on, MemorySegment sums, MemorySegment x, long block, long n) {
        try {
            on.check((int) dl_squared_norms.invokeExact(on, sums, x, block, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }

    /** @param scale of the gradient, before anything else; @param step from 1 */
    public record AdamW(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, double scale, long step) {}

    /** One step; updates all but the gradient. */
    public static void adamw(KernelLibrary on, MemorySegment parameters, MemorySegment gradient, MemorySegment firstMoment,
            MemorySegment secondMoment, AdamW settings, long n) {
        try (Arena arena = Arena.ofConfined()) {
            // typedef struct { double learning_rate, beta1, beta2, epsilon, weight_decay, scale; int64_t step; } dl_adamw_settings
            MemorySegment struct = arena.allocateFrom(JAVA_DOUBLE, settings.learningRate(), settings.beta1(), settings.beta2(),
                    settings.epsilon(), settings.weightDecay(), settings.scale(), Double.longBitsToDouble(settings.step()));
            on.check((int) dl_adamw.invokeExact(on, parameters, gradient, firstMoment, secondMoment, struct, n));
        } catch (Throwable impossible) {
            throw KernelLibrary.rethrow(impossible);
        }
    }
}
