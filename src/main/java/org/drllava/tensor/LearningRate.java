package org.drllava.tensor;

import org.drllava.common.InputException;

/**
 * Learning rate by step: a linear warm-up from one step's share to the peak, then a fall to {@code floor} × peak at the last step.
 *
 * @param peak        the rate after warm-up
 * @param warmupSteps steps of rising
 * @param steps       of the whole run
 * @param shape       of the fall
 * @param floor       in [0, 1]
 */
public record LearningRate(double peak, long warmupSteps, long steps, Shape shape, double floor) {
    /** How the rate falls. */
    public enum Shape { CONSTANT, LINEAR, COSINE }

    public LearningRate {
        if (!(peak > 0) || warmupSteps < 0 || steps < 1 || !(floor >= 0 && floor <= 1)) {
            throw new InputException("a learning rate needs peak > 0, warm-up >= 0, steps >= 1 and floor in 0..1, got "
                    + peak + ", " + warmupSteps + ", " + steps + ", " + floor);
        }
    }

    /** @param step from 0 */
    public double at(long step) {
        if (step < warmupSteps) {
            return peak * (step + 1) / warmupSteps;
        }
        double progress = Math.min(1, (step - warmupSteps) / (double) Math.max(1, steps - warmupSteps));
        return peak * switch (shape) {
            case CONSTANT -> 1;
            case LINEAR -> 1 - (1 - floor) * progress;
            case COSINE -> floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
        };
    }
}
