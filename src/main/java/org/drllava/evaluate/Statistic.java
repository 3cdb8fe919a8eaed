package org.drllava.evaluate;

/** A number that follows from the totals of all columns, [columns]; NaN where it is undefined. */
@FunctionalInterface
interface Statistic {
    double of(double[] totals);

    /** Sum of some columns over the sum of others. */
    static Statistic share(int[] hits, int[] trials) {
        return totals -> sum(totals, hits) / sum(totals, trials);
    }

    static double sum(double[] totals, int[] columns) {
        double sum = 0;
        for (int column : columns) {
            sum += totals[column];
        }
        return sum;
    }
}
