package org.drllava.common;

/** Training that has left the numbers: a loss or gradient is NaN or infinite. The step that found it changed nothing. */
public final class DivergedException extends RuntimeException {
    public DivergedException(String message) {
        super(message);
    }

    /** @throws DivergedException unless both numbers are finite; {@code where} begins the sentence, as in "Step 12" */
    public static void check(String where, double loss, double gradientNorm) {
        if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) {
            throw new DivergedException(where + ": the loss is " + loss + " and the norm of its gradient " + gradientNorm
                    + ", so training cannot go on; a lower learning rate may help.");
        }
    }
}
