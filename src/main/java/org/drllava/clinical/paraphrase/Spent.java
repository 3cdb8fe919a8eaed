package org.drllava.clinical.paraphrase;

/**
 * What a run cost.
 *
 * @param requests  sent, repetitions included
 * @param replies   that came whole
 * @param unmetered replies of these whose tokens the endpoint did not tell
 */
public record Spent(long requests, long replies, long unmetered, long tokensIn, long tokensOut) {
    /** Prices of a million tokens each, in any currency; the cost is in the same. */
    public double cost(double priceIn, double priceOut) {
        return (tokensIn * priceIn + tokensOut * priceOut) / 1e6;
    }
}
