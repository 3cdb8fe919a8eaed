package org.drllava.tensor;

import org.drllava.bindings.libtorch.Operator;
import org.drllava.bindings.libtorch.OperatorCall;

/**
 * AdamW (arXiv 1711.05101) with decoupled weight decay over one flat buffer, as {@code torch.optim.AdamW} computes it:
 * {@code m = β₁m + (1-β₁)g; v = β₂v + (1-β₂)g²; p -= lr (λp + m̂ / (√v̂ + ε))}.
 */
public final class AdamW {
    /** @param epsilon added to √v̂; @param weightDecay λ */
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {
        public static final Settings DEFAULT = new Settings(0.9, 0.999, 1e-8, 0);
    }

    private static final Operator FUSED = Operator.of("aten::_fused_adamw_");

    private final Settings settings;
    private final Tensor values;
    private final Tensor firstMoment;
    private final Tensor secondMoment;
    private long steps;

    /** Trains {@code values}, float32 [n]; the moments belong to the innermost scope. */
    public AdamW(Tensor values, Settings settings) {
        this.settings = settings;
        this.values = values;
        firstMoment = Tensors.zeros(values.device(), DType.FLOAT32, values.elements());
        secondMoment = Tensors.zeros(values.device(), DType.FLOAT32, values.elements());
    }

    /** One step along {@code scale · gradient}, float32 [n], which may be overwritten. */
    public void step(Tensor gradient, double learningRate, double scale) {
        steps++;
        if (Kernels.suit(values)) {
            Training.adamw(values, gradient, firstMoment, secondMoment, settings, learningRate, scale, steps);
        } else {
            aten(gradient, learningRate, scale);
        }
    }

    /** What {@link #step} does where there is no kernel for it. */
    void aten(Tensor gradient, double learningRate, double scale) {
        try (TensorScope scope = TensorScope.open()) {
            if (scale != 1) {
                Ops.multiplyInPlace(gradient, Tensors.scalar(scale));
            }
            Tensor stepCount = Ops.to(Tensors.scalar(steps), values.device());
            OperatorCall.of(FUSED).tensors(values.handle()).tensors(gradient.handle()).tensors(firstMoment.handle())
                    .tensors(secondMoment.handle()).tensors().tensors(stepCount.handle()).real(learningRate)
                    .real(settings.beta1()).real(settings.beta2()).real(settings.weightDecay()).real(settings.epsilon())
                    .bool(false).bool(false).none().none().run();
        }
    }

    /** m, float32 [n]: saved and restored by checkpoints. */
    public Tensor firstMoment() {
        return firstMoment;
    }

    /** v, float32 [n]. */
    public Tensor secondMoment() {
        return secondMoment;
    }

    public long steps() {
        return steps;
    }

    /** Continues after {@code steps} steps; the moments are set through their tensors. */
    public void resumeAfter(long steps) {
        this.steps = steps;
    }
}
