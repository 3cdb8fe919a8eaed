package org.drllava.tensor;

import static org.drllava.bindings.kernels.KernelLibrary.CPU;
import static org.drllava.tensor.KernelArguments.floats;
import static org.drllava.tensor.KernelArguments.indices;
import static org.drllava.tensor.KernelArguments.memory;
import static org.drllava.tensor.KernelArguments.require;
import static org.drllava.tensor.KernelArguments.requireElements;
import static org.drllava.tensor.KernelArguments.requireOffsets;
import static org.drllava.tensor.Kernels.on;

import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.TrainingKernels;

/** PPO's losses and advantages, and the optimiser's step, on the project's own {@link Kernels}. */
public final class Training {
    private Training() {}

    /** PPO's clipped policy loss. @param dlogprobs [n], to fill with the gradient; @return {@code Σ max(-A ρ, -A clip(ρ)) / total} */
    public static double policyLoss(Tensor dlogprobs, Tensor logprobs, Tensor oldLogprobs, Tensor advantages, double clip, double total) {
        long n = logprobs.elements();
        requireElements("dlogprobs", dlogprobs, n);
        requireElements("oldLogprobs", oldLogprobs, n);
        requireElements("advantages", advantages, n);
        KernelLibrary on = on(logprobs);
        return TrainingKernels.policyLoss(on, floats(on, dlogprobs), floats(on, logprobs), floats(on, oldLogprobs), floats(on, advantages), clip,
                total, n);
    }

    /** PPO's clipped value loss. @param dvalues [n], to fill with the gradient; @return {@code ½ Σ max(…) / total} */
    public static double valueLoss(Tensor dvalues, Tensor values, Tensor oldValues, Tensor returns, double clip, double total) {
        long n = values.elements();
        requireElements("dvalues", dvalues, n);
        requireElements("oldValues", oldValues, n);
        requireElements("returns", returns, n);
        KernelLibrary on = on(values);
        return TrainingKernels.valueLoss(on, floats(on, dvalues), floats(on, values), floats(on, oldValues), floats(on, returns), clip, total, n);
    }

    /**
     * Generalised advantage estimation of conversations one after the other, in double.
     *
     * @param advantages [n], to fill
     * @param returns    [n], to fill
     * @param rewards    [n]
     * @param values     [n]
     * @param discounts  float64 [n], from each token to the next
     * @param offsets    int64 [conversations + 1]: where each conversation begins, and n
     */
    public static void advantages(Tensor advantages, Tensor returns, Tensor rewards, Tensor values, Tensor discounts, double lambda, Tensor offsets) {
        long n = rewards.elements();
        requireElements("advantages", advantages, n);
        requireElements("returns", returns, n);
        requireElements("values", values, n);
        requireElements("discounts", discounts, n);
        require(discounts.dtype() == DType.FLOAT64, () -> discounts + " is not float64");
        KernelLibrary on = on(rewards);
        if (on == CPU) {
            requireOffsets(offsets, n);
        }
        TrainingKernels.advantages(on, floats(on, advantages), floats(on, returns), floats(on, rewards), floats(on, values), memory(on, discounts),
                lambda, indices(on, offsets, offsets.elements()), offsets.elements() - 1);
    }

    /** {@code (x - mean) / (deviation + 1e-8)} in place; the mean is added again unless {@code shiftMean}. */
    public static void whiten(Tensor x, boolean shiftMean) {
        KernelLibrary on = on(x);
        TrainingKernels.whiten(on, floats(on, x), shiftMean, x.elements());
    }

    /** Σ x² of every {@code block} elements of x, right to 2 in a million. */
    public static double[] squaredNorms(Tensor x, long block) {
        long n = x.elements();
        try (TensorScope scope = TensorScope.open()) {
            Tensor sums = Tensors.empty(x.device(), DType.FLOAT64, (n + block - 1) / block);
            KernelLibrary on = on(x);
            TrainingKernels.squaredNorms(on, memory(on, sums), floats(on, x), block, n);
            return sums.toDoubles();
        }
    }

    /** One step of {@link AdamW} with the gradient scaled first. @param step from 1 */
    public static void adamw(Tensor values, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamW.Settings settings,
            double learningRate, double gradientScale, long step) {
        long n = values.elements();
        requireElements("gradient", gradient, n);
        requireElements("firstMoment", firstMoment, n);
        requireElements("secondMoment", secondMoment, n);
        KernelLibrary on = on(values);
        TrainingKernels.adamw(on, floats(on, values), floats(on, gradient), floats(on, firstMoment), floats(on, secondMoment),
                new TrainingKernels.AdamW(learningRate, settings.beta1(), settings.beta2(), settings.epsilon(), settings.weightDecay(),
                        gradientScale, step), n);
    }
}
