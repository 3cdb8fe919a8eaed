package org.drllava.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.drllava.tensor.Columns;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Sampler;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernels choose the tokens that {@link Sampling} chooses. */
class KernelSamplingTest {
    private final Random random = new Random(8);

    @BeforeEach
    void needKernels() {
        assumeTrue(Kernels.available(Device.CPU));
    }

    @Test
    void theSameUniformNumbers() {
        for (int i = 0; i < 1000; i++) {
            long seed = random.nextLong(), step = random.nextLong(), conversation = random.nextLong();
            int position = random.nextInt();
            assertThat(Sampler.uniform(seed, step, conversation, position)).isEqualTo(Philox.uniform(seed, step, conversation, position));
        }
    }

    @Test
    void theSameTokens() {
        int rows = 200, vocabulary = 75;
        for (Sampling sampling : List.of(Sampling.greedy(Set.of(7)), Sampling.temperature(1, Set.of()), Sampling.temperature(0.6, Set.of(0, 74)),
                new Sampling(1.2, 5, 1, Set.of(3)), new Sampling(1, 0, 0.8, Set.of()), new Sampling(0.9, 30, 0.5, Set.of(1, 2)))) {
            try (TensorScope scope = TensorScope.open()) {
                float[] values = new float[rows * vocabulary];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (2 * random.nextGaussian());
                }
                int[] conversations = random.ints(rows).toArray(), positions = random.ints(rows, 0, 1000).toArray();
                Tensor logits = Tensors.of(Device.CPU, values, rows, vocabulary);
                int[] suppressed = sampling.suppressed().stream().mapToInt(Integer::intValue).sorted().toArray();
                var choice = new Sampler.Choice(sampling.temperature(), sampling.topK(), sampling.topP(),
                        Tensors.of(Device.CPU, suppressed, suppressed.length), 42, 3);
                var chosen = Sampler.sample(Columns.of(logits), choice, Tensors.of(Device.CPU, conversations, rows),
                        Tensors.of(Device.CPU, positions, rows));
                float[] logprobs = Ops.logSoftmax(Ops.multiply(logits, 1 / sampling.scoringTemperature())).toFloats();
                for (int r = 0; r < rows; r++) {
                    double uniform = Philox.uniform(42, 3, conversations[r], positions[r]);
                    int expected = sampling.choose(logprobs, r * vocabulary, vocabulary, uniform);
                    assertThat(chosen.tokens()[r]).as("%s, row %d", sampling, r).isEqualTo(expected);
                    assertThat(chosen.logprobs()[r]).isCloseTo(logprobs[r * vocabulary + expected], within(1e-5f));
                }
            }
        }
    }
}
