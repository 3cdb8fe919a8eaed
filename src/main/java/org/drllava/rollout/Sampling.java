package org.drllava.rollout;

import java.util.Set;
import java.util.stream.LongStream;
import org.drllava.common.InputException;
import org.drllava.tensor.Columns;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Sampler;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/**
 * How a token is chosen from the model's distribution.
 *
 * @param temperature logits are divided by it; 0 takes the likeliest token
 * @param topK        only the k likeliest tokens, 0 for all
 * @param topP        only the likeliest tokens that together have this probability, 1 for all
 * @param suppressed  tokens that are never chosen: the image token above all, which has no meaning as output
 */
public record Sampling(double temperature, int topK, double topP, Set<Integer> suppressed) {
    public Sampling {
        if (!(temperature >= 0 && temperature <= 100) || topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new InputException("sampling needs temperature in 0..100, top-k >= 0 and top-p in (0, 1], got temperature "
                    + temperature + ", top-k " + topK + ", top-p " + topP);
        }
        suppressed = Set.copyOf(suppressed);
    }

    public static Sampling greedy(Set<Integer> suppressed) {
        return new Sampling(0, 0, 1, suppressed);
    }

    public static Sampling temperature(double temperature, Set<Integer> suppressed) {
        return new Sampling(temperature, 0, 1, suppressed);
    }

    /** Temperature at which log-probabilities are taken: greedy decoding is scored at 1. */
    public double scoringTemperature() {
        return temperature == 0 ? 1 : temperature;
    }

    /** Tokens, a row each, and their log-probabilities at {@link #scoringTemperature}. */
    record Chosen(int[] tokens, float[] logprobs) {
        static Chosen of(Sampler.Chosen chosen) {
            return new Chosen(LongStream.of(chosen.tokens()).mapToInt(Math::toIntExact).toArray(), chosen.logprobs());
        }
    }

    /** The same for the project's own kernels on {@code device}. What it holds belongs to the innermost scope. */
    Sampler.Choice choice(Device device, long seed, long step) {
        Tensor never = suppressed.isEmpty() ? null : Tensors.of(device, suppressed.stream().mapToLong(t -> t).sorted().toArray(), suppressed.size());
        return new Sampler.Choice(temperature, topK, topP, never, seed, step);
    }

    /**
     * Chooses a token for each row; it depends on the row's logits and on the numbers given, not on the other rows.
     *
     * @param logits        [rows, vocabulary], float32
     * @param conversations [rows]
     * @param positions     [rows], where the tokens will stand
     */
    Chosen choose(Tensor logits, long seed, long step, long[] conversations, long[] positions) {
        if (Kernels.suit(logits)) {
            Device device = logits.device();
            return Chosen.of(Sampler.sample(Columns.of(logits), choice(device, seed, step),
                    Tensors.of(device, conversations, conversations.length), Tensors.of(device, positions, positions.length)));
        }
        Tensor distribution = Ops.logSoftmax(scoringTemperature() == 1 ? logits : Ops.multiply(logits, 1 / scoringTemperature()));
        float[] all = distribution.toFloats();
        int vocabulary = (int) distribution.size(1);
        Chosen chosen = new Chosen(new int[positions.length], new float[positions.length]);
        for (int row = 0; row < positions.length; row++) {
            double uniform = Philox.uniform(seed, step, conversations[row], Math.toIntExact(positions[row]));
            chosen.tokens[row] = choose(all, row * vocabulary, vocabulary, uniform);
            chosen.logprobs[row] = all[row * vocabulary + chosen.tokens[row]];
        }
        return chosen;
    }

    /**
     * Chooses from {@code logprobs[offset .. offset + vocabulary)}, the log-probabilities at {@link #scoringTemperature}.
     *
     * @param uniform in [0, 1), decides
     */
    int choose(float[] logprobs, int offset, int vocabulary, double uniform) {
        if (temperature == 0) {
            return likeliest(logprobs, offset, vocabulary);
        }
        double threshold = topK == 0 && topP == 1 ? Double.NEGATIVE_INFINITY : threshold(logprobs, offset, vocabulary);
        double mass = 0;
        for (int token = 0; token < vocabulary; token++) {
            if (allowed(logprobs[offset + token], token, threshold)) {
                mass += Math.exp(logprobs[offset + token]);
            }
        }
        double left = uniform * mass;
        int last = -1;
        for (int token = 0; token < vocabulary; token++) {
            if (allowed(logprobs[offset + token], token, threshold)) {
                last = token;
                left -= Math.exp(logprobs[offset + token]);
                if (left < 0) {
                    return token;
                }
            }
        }
        return require(last); // rounding left a crumb of mass
    }

    private boolean allowed(double logprob, int token, double threshold) {
        return logprob >= threshold && !suppressed.contains(token);
    }

    private int likeliest(float[] logprobs, int offset, int vocabulary) {
        int best = -1;
        for (int token = 0; token < vocabulary; token++) {
            if (!suppressed.contains(token) && (best < 0 || logprobs[offset + token] > logprobs[offset + best])) {
                best = token;
            }
        }
        return require(best >= 0 && Float.isNaN(logprobs[offset + best]) ? -1 : best);
    }

    private static int require(int token) {
        if (token < 0) {
            throw new IllegalStateException("no token can be sampled: all are suppressed or the logits are not numbers");
        }
        return token;
    }

    /** The smallest log-probability that top-k and top-p let through. */
    private double threshold(float[] logprobs, int offset, int vocabulary) {
        double[] sorted = new double[vocabulary];
        int count = 0;
        for (int token = 0; token < vocabulary; token++) {
            if (!suppressed.contains(token)) {
                sorted[count++] = logprobs[offset + token];
            }
        }
        if (count == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        java.util.Arrays.sort(sorted, 0, count);
        int kept = topK == 0 ? count : Math.min(topK, count);
        if (topP < 1) {
            double total = 0;
            for (int i = 0; i < kept; i++) {
                total += Math.exp(sorted[count - 1 - i]);
            }
            double mass = 0;
            int needed = 0;
            while (needed < kept && mass < topP * total) {
                mass += Math.exp(sorted[count - 1 - needed++]);
            }
            kept = Math.max(1, needed);
        }
        return sorted[count - kept];
    }
}
