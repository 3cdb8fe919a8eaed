package org.drllava.ppo;

/**
 * The coefficient β of the KL penalty: fixed, or steered so that a conversation's KL stays near a target
 * (Ziegler et al., arXiv 1909.08593, section 2.2).
 */
final class KlController {
    private static final double MOST_ERROR = 0.2;
    private static final double HORIZON = 10_000;

    private final double target;
    private double coefficient;

    /** @param target 0 for a fixed coefficient */
    KlController(double coefficient, double target) {
        this.coefficient = coefficient;
        this.target = target;
    }

    double coefficient() {
        return coefficient;
    }

    void resume(double value) {
        coefficient = value;
    }

    /** @param kl mean sum over a conversation; @param conversations it was measured on */
    void update(double kl, int conversations) {
        if (target > 0) {
            double error = Math.clamp(kl / target - 1, -MOST_ERROR, MOST_ERROR);
            coefficient *= 1 + error * conversations / HORIZON;
        }
    }
}
