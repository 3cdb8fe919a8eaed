package org.drllava.ppo;

/**
 * Per-token estimates of KL(policy ‖ reference) from one sample: Dr-LLaVA's ppo_trainer.py, and John Schulman's k1 and k3.
 */
public enum KlEstimator {
    /** {@code max(log p - log q, 0)}: k1 without its negative half, the source's default. */
    K1 {
        @Override
        public double of(double logprob, double referenceLogprob) {
            return Math.max(logprob - referenceLogprob, 0);
        }
    },
    /** {@code exp(x) - 1 - x} with {@code x = log q - log p}: unbiased and never negative. */
    K3 {
        @Override
        public double of(double logprob, double referenceLogprob) {
            double x = referenceLogprob - logprob;
            return Math.expm1(x) - x;
        }
    };

    /** @param logprob of the sampled token under the policy; @param referenceLogprob under the reference */
    public abstract double of(double logprob, double referenceLogprob);
}
