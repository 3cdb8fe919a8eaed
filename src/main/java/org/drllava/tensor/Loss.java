package org.drllava.tensor;

/**
 * A loss, and where its way back begins.
 *
 * @param end   what autograd has recorded up to
 * @param slope d value / d end, shaped as {@code end}; null where {@code end} is the loss itself
 */
public record Loss(double value, Tensor end, Tensor slope) {
    /** One that autograd has recorded. @param loss float32 with one element */
    public static Loss recorded(Tensor loss) {
        return new Loss(loss.item(), loss, null);
    }
}
