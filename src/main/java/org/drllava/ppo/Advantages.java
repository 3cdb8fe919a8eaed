package org.drllava.ppo;

/**
 * Generalised advantage estimation (arXiv 1506.02438) over one conversation's answer tokens, and whitening over many.
 */
public final class Advantages {
    private Advantages() {}

    /** @param advantages [n]; @param returns [n], advantage + value: what the value head is trained towards */
    public record Estimate(float[] advantages, float[] returns) {}

    /**
     * {@code δ_t = r_t + γ_t V_{t+1} - V_t;  A_t = δ_t + γ_t λ A_{t+1}} with V = A = 0 after the last token.
     *
     * @param rewards   [n]
     * @param values    [n], of the states before each token
     * @param discounts [n], γ_t from token t to the next; lower at a turn's end to keep the credit of an answer with it
     * @param lambda    λ
     */
    public static Estimate estimate(float[] rewards, float[] values, double[] discounts, double lambda) {
        int n = rewards.length;
        float[] advantages = new float[n];
        float[] returns = new float[n];
        double next = 0;
        for (int t = n - 1; t >= 0; t--) {
            double nextValue = t + 1 < n ? values[t + 1] : 0;
            double delta = rewards[t] + discounts[t] * nextValue - values[t];
            next = delta + discounts[t] * lambda * next;
            advantages[t] = (float) next;
            returns[t] = (float) (next + values[t]);
        }
        return new Estimate(advantages, returns);
    }

    /**
     * {@code (x - mean) / (std + 1e-8)} in place over all arrays together, with the population's standard deviation.
     *
     * @param shiftMean whether the mean is taken away (advantages) or stays (rewards)
     */
    public static void whiten(Iterable<float[]> arrays, boolean shiftMean) {
        double sum = 0;
        double squares = 0;
        long count = 0;
        for (float[] array : arrays) {
            for (float x : array) {
                sum += x;
                count++;
            }
        }
        double mean = count == 0 ? 0 : sum / count;
        for (float[] array : arrays) {
            for (float x : array) {
                squares += (x - mean) * (x - mean);
            }
        }
        double deviation = count == 0 ? 0 : Math.sqrt(squares / count);
        for (float[] array : arrays) {
            for (int i = 0; i < array.length; i++) {
                array[i] = (float) ((array[i] - mean) / (deviation + 1e-8) + (shiftMean ? 0 : mean));
            }
        }
    }
}
