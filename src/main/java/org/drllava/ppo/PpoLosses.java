package org.drllava.ppo;

import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/**
 * The clipped losses of PPO (arXiv 1707.06347) over answer tokens. Each returns the sum over its n tokens divided by
 * {@code total}, so that the losses of the units of a minibatch add up to its mean over all {@code total} answer tokens.
 * (Dr-LLaVA's ppo_trainer.py divides by all positions, questions and padding included, which dilutes the loss.)
 */
public final class PpoLosses {
    private PpoLosses() {}

    /**
     * {@code Σ max(-A ρ, -A clip(ρ, 1-ε, 1+ε)) / total} with {@code ρ = exp(logprob - oldLogprob)}.
     *
     * @param logprobs    [n], recorded
     * @param oldLogprobs [n], of the policy that sampled
     * @param advantages  [n]
     * @param clip        ε
     */
    public static Tensor policy(Tensor logprobs, Tensor oldLogprobs, Tensor advantages, double clip, long total) {
        Tensor ratio = Ops.exp(Ops.subtract(logprobs, oldLogprobs));
        Tensor clipped = Ops.clamp(ratio, Tensors.scalar(1 - clip), Tensors.scalar(1 + clip));
        Tensor against = Ops.negate(advantages);
        Tensor loss = Ops.maximum(Ops.multiply(against, ratio), Ops.multiply(against, clipped));
        return Ops.multiply(Ops.sum(loss), 1.0 / total);
    }

    /**
     * {@code ½ Σ max((V - R)², (clip(V, Vold ± ε) - R)²) / total}.
     *
     * @param values    [n], recorded
     * @param oldValues [n], when the rollout was scored
     * @param returns   [n]
     */
    public static Tensor value(Tensor values, Tensor oldValues, Tensor returns, double clip, long total) {
        Tensor clipped = Ops.clamp(values, Ops.subtract(oldValues, Tensors.scalar(clip)), Ops.add(oldValues, Tensors.scalar(clip)));
        Tensor loss = Ops.maximum(squaredError(values, returns), squaredError(clipped, returns));
        return Ops.multiply(Ops.sum(loss), 0.5 / total);
    }

    private static Tensor squaredError(Tensor values, Tensor returns) {
        Tensor error = Ops.subtract(values, returns);
        return Ops.multiply(error, error);
    }
}
