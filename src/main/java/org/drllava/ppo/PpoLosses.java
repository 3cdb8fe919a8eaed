package org.drllava.ppo;

import org.drllava.tensor.DType;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.Loss;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Training;

/**
 * The clipped losses of PPO (arXiv 1707.06347) over answer tokens. Each is the sum over its n tokens divided by
 * {@code total}, so that the losses of the units of a minibatch add up to its mean over all {@code total} answer tokens.
 * (Dr-LLaVA's ppo_trainer.py divides by all positions, questions and padding included, which dilutes the loss.)
 * Where there are kernels for it, loss and slopes come from one pass over the tokens in double; else autograd records the
 * equation.
 */
public final class PpoLosses {
    private PpoLosses() {}

    /**
     * {@code Σ max(-A ρ, -A clip(ρ, 1-ε, 1+ε)) / total} with {@code ρ = exp(logprob - oldLogprob)}.
     *
     * @param logprobs    [n], where the way back begins
     * @param oldLogprobs [n], of the policy that sampled
     * @param advantages  [n]
     * @param clip        ε
     */
    public static Loss policy(Tensor logprobs, Tensor oldLogprobs, Tensor advantages, double clip, long total) {
        if (!Kernels.suit(logprobs)) {
            return Loss.recorded(recordedPolicy(logprobs, oldLogprobs, advantages, clip, total));
        }
        Tensor slope = slope(logprobs);
        return new Loss(Training.policyLoss(slope, logprobs, oldLogprobs, advantages, clip, total), logprobs, slope);
    }

    /** {@link #policy} by libtorch's operators. @param logprobs [n], recorded */
    public static Tensor recordedPolicy(Tensor logprobs, Tensor oldLogprobs, Tensor advantages, double clip, long total) {
        Tensor ratio = Ops.exp(Ops.subtract(logprobs, oldLogprobs));
        Tensor clipped = Ops.clamp(ratio, Tensors.scalar(1 - clip), Tensors.scalar(1 + clip));
        Tensor against = Ops.negate(advantages);
        Tensor loss = Ops.maximum(Ops.multiply(against, ratio), Ops.multiply(against, clipped));
        return Ops.multiply(Ops.sum(loss), 1.0 / total);
    }

    /**
     * {@code ½ Σ max((V - R)², (clip(V, Vold ± ε) - R)²) / total}.
     *
     * @param values    [n], where the way back begins
     * @param oldValues [n], when the rollout was scored
     * @param returns   [n]
     */
    public static Loss value(Tensor values, Tensor oldValues, Tensor returns, double clip, long total) {
        if (!Kernels.suit(values)) {
            return Loss.recorded(recordedValue(values, oldValues, returns, clip, total));
        }
        Tensor slope = slope(values);
        return new Loss(Training.valueLoss(slope, values, oldValues, returns, clip, total), values, slope);
    }

    /** {@link #value} by libtorch's operators. @param values [n], recorded */
    public static Tensor recordedValue(Tensor values, Tensor oldValues, Tensor returns, double clip, long total) {
        Tensor clipped = Ops.clamp(values, Ops.subtract(oldValues, Tensors.scalar(clip)), Ops.add(oldValues, Tensors.scalar(clip)));
        Tensor loss = Ops.maximum(squaredError(values, returns), squaredError(clipped, returns));
        return Ops.multiply(Ops.sum(loss), 0.5 / total);
    }

    private static Tensor slope(Tensor of) {
        return Tensors.empty(of.device(), DType.FLOAT32, of.shape());
    }

    private static Tensor squaredError(Tensor values, Tensor returns) {
        Tensor error = Ops.subtract(values, returns);
        return Ops.multiply(error, error);
    }
}
