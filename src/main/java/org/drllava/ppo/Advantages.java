package org.drllava.ppo;

import java.util.List;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Training;

/**
 * Generalised advantage estimation (arXiv 1506.02438) over one conversation's answer tokens, and whitening over many. On the
 * project's kernels; where there are none, in Java to the same bits.
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
        if (!Kernels.available(Device.CPU)) {
            return inJava(rewards, values, discounts, lambda);
        }
        try (TensorScope scope = TensorScope.open()) {
            Tensor advantages = Tensors.empty(Device.CPU, DType.FLOAT32, n);
            Tensor returns = Tensors.empty(Device.CPU, DType.FLOAT32, n);
            Training.advantages(advantages, returns, Tensors.of(Device.CPU, rewards, n), Tensors.of(Device.CPU, values, n),
                    Tensors.of(Device.CPU, discounts, n), lambda, Tensors.of(Device.CPU, new int[] {0, n}, 2));
            return new Estimate(advantages.toFloats(), returns.toFloats());
        }
    }

    static Estimate inJava(float[] rewards, float[] values, double[] discounts, double lambda) {
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
    public static void whiten(List<float[]> arrays, boolean shiftMean) {
        float[] all = joined(arrays);
        if (Kernels.available(Device.CPU)) {
            try (TensorScope scope = TensorScope.open()) {
                Tensor x = Tensors.of(Device.CPU, all, all.length);
                Training.whiten(x, shiftMean);
                all = x.toFloats();
            }
        } else {
            whitenInJava(all, shiftMean);
        }
        int from = 0;
        for (float[] array : arrays) {
            System.arraycopy(all, from, array, 0, array.length);
            from += array.length;
        }
    }

    static void whitenInJava(float[] all, boolean shiftMean) {
        double sum = 0;
        double squares = 0;
        for (float x : all) {
            sum += x;
        }
        double mean = sum / all.length;
        for (float x : all) {
            squares += (x - mean) * (x - mean);
        }
        double inverse = 1 / (Math.sqrt(squares / all.length) + 1e-8);
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) ((all[i] - mean) * inverse + (shiftMean ? 0 : mean));
        }
    }

    /** One after the other. */
    static float[] joined(List<float[]> arrays) {
        float[] all = new float[arrays.stream().mapToInt(array -> array.length).sum()];
        int at = 0;
        for (float[] array : arrays) {
            System.arraycopy(array, 0, all, at, array.length);
            at += array.length;
        }
        return all;
    }
}
