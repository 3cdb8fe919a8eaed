package org.drllava.ppo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import org.drllava.clinical.reward.Amounts;
import org.drllava.clinical.reward.Part;
import org.drllava.clinical.reward.RewardParts;
import org.drllava.tensor.HostMemory;

/** Times and measures one iteration, under the names of Dr-LLaVA's ppo_trainer.py where it has one. */
final class IterationClock {
    private final long started = System.nanoTime();
    private double rolloutSeconds;
    private double scoreSeconds;
    private long sampledTokens;
    private double rolloutGap;
    private double entropy;
    private double referenceEntropy;

    void rolledOut() {
        rolloutSeconds = seconds(started);
    }

    /** The gap is the largest difference between a log-probability when sampled and when recomputed. */
    void scored(List<Played> played) {
        scoreSeconds = seconds(started) - rolloutSeconds;
        for (Played each : played) {
            float[] sampled = each.episode().logprobs();
            sampledTokens += sampled.length;
            for (int t = 0; t < sampled.length; t++) {
                rolloutGap = Math.max(rolloutGap, Math.abs(sampled[t] - each.scores().logprobs()[t]));
                entropy += each.scores().entropies()[t];
                referenceEntropy += each.scores().referenceEntropies()[t];
            }
        }
        entropy /= sampledTokens;
        referenceEntropy /= sampledTokens;
    }

    SequencedMap<String, Object> metrics(List<Experience> experiences, double klCoefficient, PpoSettings settings) {
        double kl = 0;
        double shaped = 0;
        double returns = 0;
        double squaredReturns = 0;
        double values = 0;
        double squaredValues = 0;
        for (Experience e : experiences) {
            for (int t = 0; t < e.logprobs().length; t++) {
                kl += settings.kl().of(e.logprobs()[t], e.referenceLogprobs()[t]);
                shaped += e.rewards()[t];
                returns += e.returns()[t];
                squaredReturns += e.returns()[t] * e.returns()[t];
                values += e.values()[t];
                squaredValues += e.values()[t] * e.values()[t];
            }
        }
        int n = experiences.size();
        SequencedMap<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("objective/kl_coef", klCoefficient);
        metrics.put("objective/kl_sum_seq", kl / n);
        metrics.put("objective/kl_avg_seq", kl / sampledTokens);
        metrics.put("objective/shaped_rewards", shaped / n);
        metrics.put("objective/non_score_rewards", 0 - klCoefficient * kl / n); // never -0.0
        metrics.put("objective/rewards", mean(experiences, RewardParts::total));
        metrics.put("objective/entropies", entropy);
        metrics.put("objective/ref_entropies", referenceEntropy);
        List<Amounts> amounts = experiences.stream().map(e -> e.score().parts().sums()).toList();
        for (Part part : Part.values()) {
            metrics.put("reward/" + part.key(), amounts.stream().mapToDouble(a -> a.of(part)).average().orElse(0));
        }
        for (String rule : amounts.getFirst().rules().keySet()) {
            metrics.put("reward/rules/" + rule, amounts.stream().mapToDouble(a -> a.rules().get(rule)).average().orElse(0));
        }
        metrics.put("answers/right", mean(experiences, parts -> rightAnswers(parts) / parts.turns().size()));
        metrics.put("conversations/right", mean(experiences, parts -> rightAnswers(parts) == parts.turns().size() ? 1 : 0));
        metrics.put("ppo/returns/mean", returns / sampledTokens);
        metrics.put("ppo/returns/var", squaredReturns / sampledTokens - Math.pow(returns / sampledTokens, 2));
        metrics.put("ppo/val/mean", values / sampledTokens);
        metrics.put("ppo/val/var", squaredValues / sampledTokens - Math.pow(values / sampledTokens, 2));
        return metrics;
    }

    void learned(SequencedMap<String, Object> metrics, Tally policy, Tally value, double policyNorm, double valueNorm, double rate) {
        PolicyUpdate.POLICY.forEach(name -> metrics.put(name, policy.mean(name)));
        PolicyUpdate.VALUE.forEach(name -> metrics.put(name, value.mean(name)));
        metrics.put("ppo/policy/grad_norm", policyNorm);
        metrics.put("ppo/val/grad_norm", valueNorm);
        metrics.put("objective/lr", rate);
        metrics.put("rollout/logprob_gap", rolloutGap);
        metrics.put("time/rollout_s", rolloutSeconds);
        metrics.put("time/score_s", scoreSeconds);
        metrics.put("time/iteration_s", seconds(started));
        metrics.put("rollout/tokens", sampledTokens);
        metrics.put("rollout/tokens_per_s", sampledTokens / rolloutSeconds);
        metrics.put("host/resident_mib", HostMemory.residentMib());
        metrics.put("host/live_handles", HostMemory.liveHandles());
    }

    private static double rightAnswers(RewardParts parts) {
        return parts.turns().stream().filter(turn -> turn.parsed().is(turn.expected())).count();
    }

    private static double mean(List<Experience> experiences, ToDoubleFunction<RewardParts> part) {
        return experiences.stream().mapToDouble(e -> part.applyAsDouble(e.score().parts())).average().orElse(0);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
