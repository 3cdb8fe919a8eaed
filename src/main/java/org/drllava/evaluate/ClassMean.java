package org.drllava.evaluate;

import java.util.List;

/**
 * Mean over the classes that are true at least once of F1 = 2 TP / (2 TP + FP + FN), or of recall = TP / (TP + FN), whose mean is
 * the balanced accuracy. An answer that cannot be read is a miss (FN) of the true class and a false alarm (FP) of none.
 */
record ClassMean(Of of, List<Columns> classes) implements Statistic {
    enum Of { F1, RECALL }

    /** Columns of one class: truth and answer, truth alone, answer alone. */
    record Columns(int[] hits, int[] misses, int[] falseAlarms) {}

    static ClassMean of(Of of, List<Columns> classes) {
        return new ClassMean(of, List.copyOf(classes));
    }

    @Override
    public double of(double[] totals) {
        double sum = 0;
        int occurring = 0;
        for (var one : classes) {
            double hits = Statistic.sum(totals, one.hits);
            double misses = Statistic.sum(totals, one.misses);
            if (hits + misses > 0) {
                occurring++;
                sum += switch (of) {
                    case F1 -> 2 * hits / (2 * hits + misses + Statistic.sum(totals, one.falseAlarms));
                    case RECALL -> hits / (hits + misses);
                };
            }
        }
        return sum / occurring;
    }
}
