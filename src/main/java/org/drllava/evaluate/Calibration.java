package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far the diagnosis probabilities can be taken at their word. The confidence is the probability of the likeliest symbol,
 * right where that symbol is true.
 *
 * @param conversations with probabilities and a diagnosis question
 * @param error         expected calibration error: mean over ten equal bins of |accuracy - confidence|, weighted by their conversations
 *                      (Naeini et al. 2015; Guo et al., arXiv 1706.04599, equation 3)
 * @param brier         mean of the squared distance to the truth, sum over symbols of (p - [true])², 0 to 2 (Brier 1950)
 * @param logLoss       mean of -log p(true symbol), in nats; p counts as at least 1e-15
 * @param accuracy      of the likeliest symbol, which may differ from the one that the model said
 * @param confidence    mean
 * @param baseBrier     of always giving the frequencies of the true symbols
 * @param baseLogLoss   likewise
 * @param bins          by confidence
 */
public record Calibration(
        int conversations, Estimate error, Estimate brier, Estimate logLoss, Estimate accuracy, Estimate confidence,
        double baseBrier, double baseLogLoss, List<Bin> bins) {
    private static final int BINS = 10;
    private static final int BRIER = 3 * BINS;
    private static final int LOG_LOSS = BRIER + 1;
    private static final double LEAST = 1e-15;

    /** Conversations with a confidence in [low, high), the last bin with 1; confidence and accuracy are NaN without any. */
    public record Bin(double low, double high, int conversations, double confidence, double accuracy) {
        Map<String, Object> toJson() {
            var json = new LinkedHashMap<String, Object>();
            json.put("low", low);
            json.put("high", high);
            json.put("conversations", conversations);
            json.put("confidence", Estimate.finiteOrNull(confidence));
            json.put("accuracy", Estimate.finiteOrNull(accuracy));
            return json;
        }
    }

    public Calibration {
        bins = List.copyOf(bins);
    }

    /** Empty where no conversation has probabilities. */
    static Optional<Calibration> of(List<AnsweredConversation> conversations, String diagnosis, long seed) {
        var sums = new PatientSums.Builder();
        var truths = new HashMap<String, Integer>();
        int counted = 0;
        for (var conversation : conversations) {
            var turn = conversation.turn(diagnosis);
            if (turn.isPresent() && !conversation.diagnoses().isEmpty()) {
                count(sums, conversation, turn.get().expectedSymbol());
                truths.merge(turn.get().expectedSymbol(), 1, Integer::sum);
                counted++;
            }
        }
        if (counted == 0) {
            return Optional.empty();
        }
        var bootstrap = PatientBootstrap.of(sums.build(), LOG_LOSS + 1, PatientBootstrap.RESAMPLES, seed);
        double all = counted;
        return Optional.of(new Calibration(counted,
                bootstrap.estimate(Calibration::error),
                bootstrap.estimate(totals -> totals[BRIER] / sum(totals, 0)),
                bootstrap.estimate(totals -> totals[LOG_LOSS] / sum(totals, 0)),
                bootstrap.estimate(totals -> sum(totals, 2) / sum(totals, 0)),
                bootstrap.estimate(totals -> sum(totals, 1) / sum(totals, 0)),
                1 - truths.values().stream().mapToDouble(n -> n / all * n / all).sum(),
                -truths.values().stream().mapToDouble(n -> n / all * Math.log(n / all)).sum(),
                bins(bootstrap.whole())));
    }

    private static void count(PatientSums.Builder sums, AnsweredConversation conversation, String truth) {
        var likeliest = conversation.diagnoses().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        double confidence = likeliest.getValue();
        int bin = Math.min(BINS - 1, (int) (confidence * BINS));
        double distance = conversation.diagnoses().containsKey(truth) ? 0 : 1;
        for (var one : conversation.diagnoses().entrySet()) {
            double off = one.getValue() - (one.getKey().equals(truth) ? 1 : 0);
            distance += off * off;
        }
        String patient = conversation.patient();
        sums.add(patient, 3 * bin, 1);
        sums.add(patient, 3 * bin + 1, confidence);
        sums.add(patient, 3 * bin + 2, likeliest.getKey().equals(truth) ? 1 : 0);
        sums.add(patient, BRIER, distance);
        sums.add(patient, LOG_LOSS, -Math.log(Math.max(LEAST, conversation.diagnoses().getOrDefault(truth, 0.0))));
    }

    /** Over all bins, of what stands at {@code place} in each: conversations, confidences, right ones. */
    private static double sum(double[] totals, int place) {
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += totals[3 * bin + place];
        }
        return sum;
    }

    private static double error(double[] totals) {
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(totals[3 * bin + 2] - totals[3 * bin + 1]);
        }
        return error / sum(totals, 0);
    }

    private static List<Bin> bins(double[] totals) {
        var bins = new ArrayList<Bin>();
        for (int bin = 0; bin < BINS; bin++) {
            double count = totals[3 * bin];
            bins.add(new Bin((double) bin / BINS, (bin + 1.0) / BINS, (int) count, totals[3 * bin + 1] / count, totals[3 * bin + 2] / count));
        }
        return bins;
    }

    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("conversations", conversations);
        json.put("expected_calibration_error", error.toJson());
        json.put("brier", brier.toJson());
        json.put("log_loss", logLoss.toJson());
        json.put("accuracy", accuracy.toJson());
        json.put("confidence", confidence.toJson());
        json.put("brier_of_frequencies", baseBrier);
        json.put("log_loss_of_frequencies", baseLogLoss);
        json.put("bins", bins.stream().map(Bin::toJson).toList());
        return json;
    }
}
