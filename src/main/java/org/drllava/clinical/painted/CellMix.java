package org.drllava.clinical.painted;

import java.util.random.RandomGenerator;

/**
 * Shares of the nucleated cells.
 *
 * @param shares by {@link CellKind#ordinal()}, summing to 1
 */
public record CellMix(double[] shares) {
    private static final int KINDS = CellKind.values().length;

    public double share(CellKind kind) {
        return shares[kind.ordinal()];
    }

    /** Blasts and plasma cells as given, the rest at random among the cells of a healthy marrow. */
    static CellMix of(double blasts, double plasmaCells, RandomGenerator random) {
        double lymphocytes = random.nextDouble(.4, 1.2);
        double granulocytes = random.nextDouble(1, 2.5);
        double normoblasts = random.nextDouble(.4, 1.4);
        double rest = (1 - blasts - plasmaCells) / (lymphocytes + granulocytes + normoblasts);
        return new CellMix(new double[] {blasts, plasmaCells, lymphocytes * rest, granulocytes * rest, normoblasts * rest});
    }

    /** Any mix at all: each kind absent, or from rare to dominant. */
    static CellMix anything(RandomGenerator random) {
        var shares = new double[KINDS];
        double sum = 0;
        for (int k = 0; k < KINDS; k++) {
            double x = random.nextDouble();
            sum += shares[k] = random.nextInt(4) == 0 ? 0 : x * x + .02;
        }
        if (sum == 0) {
            sum = shares[random.nextInt(KINDS)] = 1;
        }
        for (int k = 0; k < KINDS; k++) {
            shares[k] /= sum;
        }
        return new CellMix(shares);
    }

    /** This mix in {@code cells} whole cells; each share is rounded up or down at random, so that it is met in the mean. */
    int[] count(int cells, RandomGenerator random) {
        var counts = new int[KINDS];
        double edge = random.nextDouble(); // systematic sampling: one random offset, then steps of one cell
        double before = 0;
        for (int k = 0; k < KINDS; k++) {
            double behind = k == KINDS - 1 ? cells : before + shares[k] * cells;
            counts[k] = (int) (Math.floor(behind + edge) - Math.floor(before + edge));
            before = behind;
        }
        return counts;
    }
}
