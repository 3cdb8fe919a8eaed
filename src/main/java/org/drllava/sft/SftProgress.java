package org.drllava.sft;

import org.drllava.tensor.Tensor;

/** How far a run has come, and the best weights it has seen. */
public final class SftProgress {
    private long step;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private long evaluationsWithoutGain;
    private float[] best;

    public long step() {
        return step;
    }

    public double bestLoss() {
        return bestLoss;
    }

    public long evaluationsWithoutGain() {
        return evaluationsWithoutGain;
    }

    /** Flat weights at {@link #bestLoss}; null before the first evaluation. */
    public float[] best() {
        return best;
    }

    void advance() {
        step++;
    }

    void evaluated(double loss, Tensor values) {
        if (loss < bestLoss) {
            bestLoss = loss;
            best = values.toFloats();
            evaluationsWithoutGain = 0;
        } else {
            evaluationsWithoutGain++;
        }
    }

    void restoreBest(Tensor values) {
        if (best != null) {
            values.set(best);
        }
    }

    /** Continues from a checkpoint. */
    public void resume(long step, double bestLoss, long evaluationsWithoutGain, float[] best) {
        this.step = step;
        this.bestLoss = bestLoss;
        this.evaluationsWithoutGain = evaluationsWithoutGain;
        this.best = best;
    }
}
