package org.drllava.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.drllava.tensor.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class AdvantagesTest {
    /** r = (0, 0, 1), V = (0.5, 0.4, 0.2), γ = (0.9, 0.5, -), λ = 0.8, worked out by hand. */
    @Test
    void threeTokensByHand() {
        Advantages.Estimate e = Advantages.estimate(new float[] {0, 0, 1}, new float[] {0.5f, 0.4f, 0.2f}, new double[] {0.9, 0.5, 0.9}, 0.8);
        // δ₂ = 1 - 0.2; δ₁ = 0.5·0.2 - 0.4; δ₀ = 0.9·0.4 - 0.5
        float a2 = 0.8f;
        float a1 = -0.3f + 0.5f * 0.8f * a2;
        float a0 = -0.14f + 0.9f * 0.8f * a1;
        assertThat(e.advantages()).containsExactly(new float[] {a0, a1, a2}, within(1e-6f));
        assertThat(e.returns()).containsExactly(new float[] {a0 + 0.5f, a1 + 0.4f, a2 + 0.2f}, within(1e-6f));
    }

    /** A_t = Σ_k (γλ)^k δ_{t+k}, the definition as a sum. */
    @Test
    void theRecursionIsTheSum() {
        SplittableRandom random = new SplittableRandom(1);
        int n = 33;
        float[] rewards = new float[n];
        float[] values = new float[n];
        double[] discounts = new double[n];
        for (int t = 0; t < n; t++) {
            rewards[t] = (float) random.nextGaussian();
            values[t] = (float) random.nextGaussian();
            discounts[t] = random.nextDouble(0.5, 1);
        }
        Advantages.Estimate e = Advantages.estimate(rewards, values, discounts, 0.95);
        for (int t = 0; t < n; t++) {
            double sum = 0;
            double weight = 1;
            for (int k = t; k < n; k++) {
                sum += weight * (rewards[k] + discounts[k] * (k + 1 < n ? values[k + 1] : 0) - values[k]);
                weight *= discounts[k] * 0.95;
            }
            assertThat((double) e.advantages()[t]).isEqualTo(sum, within(1e-5));
        }
    }

    @Test
    void withGammaAndLambdaOneAnAdvantageIsWhatComesMinusWhatWasExpected() {
        Advantages.Estimate e = Advantages.estimate(new float[] {1, 2, 4}, new float[] {9, 8, 7}, new double[] {1, 1, 1}, 1);
        assertThat(e.advantages()).containsExactly(7 - 9, 6 - 8, 4 - 7);
        assertThat(e.returns()).containsExactly(7, 6, 4);
    }

    @Test
    void aDiscountOfZeroCutsTheCreditOff() {
        Advantages.Estimate e = Advantages.estimate(new float[] {0, 5}, new float[] {1, 2}, new double[] {0, 1}, 1);
        assertThat(e.advantages()).containsExactly(-1, 3);
    }

    @Test
    void noTokensAndOne() {
        assertThat(Advantages.estimate(new float[0], new float[0], new double[0], 1).advantages()).isEmpty();
        assertThat(Advantages.estimate(new float[] {3}, new float[] {1}, new double[] {0.5}, 0.5).advantages()).containsExactly(2);
    }

    @Test
    void whiteningIsOverAllArraysTogether() {
        List<float[]> arrays = List.of(new float[] {1, 2}, new float[0], new float[] {6});
        Advantages.whiten(arrays, true);
        // mean 3, population deviation √(14/3)
        double deviation = Math.sqrt(14 / 3.0);
        assertThat(arrays.get(0)).containsExactly(new float[] {(float) (-2 / deviation), (float) (-1 / deviation)}, within(1e-6f));
        assertThat(arrays.get(2)).containsExactly(new float[] {(float) (3 / deviation)}, within(1e-6f));
    }

    /** So a run comes to the same numbers whether or not the kernels were built. */
    @Test
    void kernelsAndJavaGiveTheSameBits() {
        SplittableRandom random = new SplittableRandom(2);
        for (int n : new int[] {0, 1, 2, 257}) {
            float[] rewards = new float[n];
            float[] values = new float[n];
            double[] discounts = new double[n];
            for (int t = 0; t < n; t++) {
                rewards[t] = (float) random.nextGaussian();
                values[t] = (float) random.nextGaussian();
                discounts[t] = random.nextDouble();
            }
            Advantages.Estimate here = Advantages.estimate(rewards, values, discounts, 0.95);
            Advantages.Estimate inJava = Advantages.inJava(rewards, values, discounts, 0.95);
            assertThat(here.advantages()).isEqualTo(inJava.advantages());
            assertThat(here.returns()).isEqualTo(inJava.returns());
            for (boolean shiftMean : new boolean[] {true, false}) {
                List<float[]> halves = List.of(Arrays.copyOf(rewards, n / 2), Arrays.copyOfRange(rewards, n / 2, n));
                Advantages.whiten(halves, shiftMean);
                float[] whole = rewards.clone();
                Advantages.whitenInJava(whole, shiftMean);
                assertThat(Advantages.joined(halves)).isEqualTo(whole);
            }
        }
    }

    @Test
    void rewardsKeepTheirMean() {
        List<float[]> arrays = List.of(new float[] {1, 2, 6});
        Advantages.whiten(arrays, false);
        double deviation = Math.sqrt(14 / 3.0);
        assertThat(arrays.getFirst()).containsExactly(new float[] {(float) (3 - 2 / deviation), (float) (3 - 1 / deviation), (float) (3 + 3 / deviation)},
                within(1e-6f));
    }

    @Test
    void whatDoesNotVaryIsNotBlownUp() {
        List<float[]> equal = List.of(new float[] {4, 4}, new float[] {4});
        Advantages.whiten(equal, true);
        assertThat(equal.get(0)).containsOnly(0);
        Advantages.whiten(List.of(), true);
        Advantages.whiten(List.of(new float[0]), false);
    }
}
