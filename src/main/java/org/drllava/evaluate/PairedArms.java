package org.drllava.evaluate;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Two arms about the same patients, counted side by side.
 *
 * @param sums       counter c of the first arm in column 2c, of the second in 2c + 1
 * @param statistics of one arm
 */
record PairedArms(PatientSums sums, int counters, Statistics statistics) {

    static PairedArms of(List<AnsweredConversation> before, List<AnsweredConversation> after, Questionnaire questionnaire) {
        if (!patients(before).equals(patients(after))) {
            throw new IllegalArgumentException("the two arms were not asked about the same patients");
        }
        var counters = new Counters(questionnaire);
        var sums = counters.countArms(List.of(before, after));
        var all = counters.all();
        var majority = Majority.of(all, arm(sums.totals(2 * all.size()), 0));
        return new PairedArms(sums, all.size(), new Statistics(all, questionnaire.diagnosis(), majority));
    }

    /** What the second arm has more, with limits from resampling both together. */
    Map<Metric, Estimate> gains(long seed) {
        var bootstrap = PatientBootstrap.of(sums, 2 * counters, PatientBootstrap.RESAMPLES, seed);
        var gains = new EnumMap<Metric, Estimate>(Metric.class);
        for (var metric : Metric.values()) {
            gains.put(metric, bootstrap.estimate(difference(metric)));
        }
        return gains;
    }

    /** How often chance alone parts the arms as far as they are, by {@link SignFlips}. */
    Map<Metric, Double> pValues(long seed) {
        var metrics = List.of(Metric.values());
        double[] values = SignFlips.of(sums, 2 * counters).pValues(metrics.stream().map(this::difference).toList(), seed);
        var byMetric = new EnumMap<Metric, Double>(Metric.class);
        metrics.forEach(metric -> byMetric.put(metric, values[metric.ordinal()]));
        return byMetric;
    }

    /** The metric of one arm, 0 or 1. */
    double value(Metric metric, int arm) {
        return statistics.of(metric).of(arm(sums.totals(2 * counters), arm));
    }

    private Statistic difference(Metric metric) {
        var statistic = statistics.of(metric);
        return totals -> statistic.of(arm(totals, 1)) - statistic.of(arm(totals, 0));
    }

    private static double[] arm(double[] totals, int arm) {
        var half = new double[totals.length / 2];
        for (int c = 0; c < half.length; c++) {
            half[c] = totals[2 * c + arm];
        }
        return half;
    }

    private static TreeSet<String> patients(List<AnsweredConversation> conversations) {
        return conversations.stream().map(AnsweredConversation::patient).collect(Collectors.toCollection(TreeSet::new));
    }
}
