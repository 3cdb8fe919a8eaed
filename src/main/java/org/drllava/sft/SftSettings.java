package org.drllava.sft;

import java.util.List;
import org.drllava.common.InputException;
import org.drllava.dataset.Batch;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.LearningRate;

/**
 * Supervised fine-tuning's settings.
 *
 * @param learningRate  by optimiser step; its {@code steps} end the run
 * @param batch         conversations an optimiser step
 * @param unit          conversations a forward pass; batch = unit × accumulation
 * @param maxNorm       gradient clipping
 * @param evaluateEvery steps between evaluations on held-out conversations; 0 for none
 * @param patience      evaluations without a lower loss after which to stop; 0 to go on to the end
 * @param seed          decides order and wordings
 */
public record SftSettings(LearningRate learningRate, int batch, int unit, double maxNorm, AdamW.Settings optimizer, int evaluateEvery,
        int patience, long seed) {
    public SftSettings {
        if (batch < 1 || unit < 1 || batch % unit != 0) {
            throw new InputException("the batch of " + batch + " conversations is not a multiple of the unit of " + unit);
        }
        if (!(maxNorm > 0) || evaluateEvery < 0 || patience < 0) {
            throw new InputException("max-grad-norm must be above 0, evaluate-every and patience must not be negative");
        }
    }

    /** What ranks share, see {@link Batch}. */
    public List<Batch> batches() {
        return List.of(new Batch("batch", "--batch", batch, unit));
    }

    int units() {
        return batch / unit;
    }
}
