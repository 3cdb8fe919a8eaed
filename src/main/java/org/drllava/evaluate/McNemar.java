package org.drllava.evaluate;

/**
 * Exact McNemar test on conversations that are right in one arm only (McNemar 1947): were the arms alike, either would be the
 * right one with a chance of 1/2. It takes conversations for independent; where patients have several, {@link SignFlips} does not.
 *
 * @param bothRight   conversations right in both arms
 * @param onlyBefore  right in the first arm alone
 * @param onlyAfter   right in the second arm alone
 * @param bothWrong   right in neither
 */
public record McNemar(int bothRight, int onlyBefore, int onlyAfter, int bothWrong) {

    /** Two-sided: twice the chance of a smaller share as small as this, at most 1. */
    public double p() {
        int flips = onlyBefore + onlyAfter;
        int fewer = Math.min(onlyBefore, onlyAfter);
        double logChance = -flips * Math.log(2);
        for (int i = 1; i <= fewer; i++) {
            logChance += Math.log((double) (flips - fewer + i) / i);
        }
        double chance = Math.exp(logChance);
        double tail = 0;
        for (int k = fewer; k >= 0 && chance > 0; k--) {
            tail += chance;
            chance *= (double) k / (flips - k + 1);
        }
        return Math.min(1, 2 * tail);
    }
}
