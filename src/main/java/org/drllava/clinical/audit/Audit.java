package org.drllava.clinical.audit;

import java.util.List;
import java.util.Map;

/**
 * What a reward pays over the labels of a data set to those who look and to those who do not.
 *
 * @param labels     images of each label
 * @param honest     mean reward of the true answers
 * @param silent     mean reward of answers that say nothing
 * @param best       the fixed answers that earn most, best first
 * @param exhaustive false when a rule in Java made it impossible to be sure that none is better
 */
public record Audit(Map<String, Integer> labels, double honest, double silent, List<FixedAnswers> best, boolean exhaustive) {
    /**
     * How far fixed answers come on the way from saying nothing (0) to the truth (1). Measured from saying nothing because that is
     * what any answer can be worth; a share of the honest reward alone would change with whatever is paid for everything alike.
     */
    public double share(FixedAnswers fixed) {
        // A reward that pays honesty no more than silence is won by anyone.
        return honest > silent ? (fixed.reward() - silent) / (honest - silent) : Double.POSITIVE_INFINITY;
    }

    /** Whether the best fixed answers come as near to the honest ones as {@code threshold}. */
    public boolean won(double threshold) {
        return share(best.getFirst()) >= threshold;
    }
}
