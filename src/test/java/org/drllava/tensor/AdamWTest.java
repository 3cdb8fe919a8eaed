package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class AdamWTest {
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.95, 1e-6, 0.1);

    private TensorScope scope;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 33})
    void fiveStepsAreThoseOfThePaper(int n) {
        SplittableRandom random = new SplittableRandom(n);
        float[] start = floats(random, n);
        Tensor values = Tensors.of(Device.CPU, start, n);
        AdamW optimizer = new AdamW(values, SETTINGS);
        double[] p = new double[n];
        double[] m = new double[n];
        double[] v = new double[n];
        for (int i = 0; i < n; i++) {
            p[i] = start[i];
        }
        for (int step = 1; step <= 5; step++) {
            float[] g = floats(random, n);
            double rate = 0.1 / step;
            optimizer.step(Tensors.of(Device.CPU, g, n), rate, 1);
            for (int i = 0; i < n; i++) {
                m[i] = SETTINGS.beta1() * m[i] + (1 - SETTINGS.beta1()) * g[i];
                v[i] = SETTINGS.beta2() * v[i] + (1 - SETTINGS.beta2()) * g[i] * g[i];
                double mHat = m[i] / (1 - Math.pow(SETTINGS.beta1(), step));
                double vHat = v[i] / (1 - Math.pow(SETTINGS.beta2(), step));
                p[i] -= rate * (SETTINGS.weightDecay() * p[i] + mHat / (Math.sqrt(vHat) + SETTINGS.epsilon()));
            }
        }
        assertThat(optimizer.steps()).isEqualTo(5);
        assertNear(values, p);
        assertNear(optimizer.firstMoment(), m);
        assertNear(optimizer.secondMoment(), v);
    }

    @Test
    void goesOnExactlyWhereItStopped() {
        SplittableRandom random = new SplittableRandom(3);
        float[] start = floats(random, 9);
        float[][] gradients = {floats(random, 9), floats(random, 9), floats(random, 9), floats(random, 9)};
        Tensor through = Tensors.of(Device.CPU, start, 9);
        AdamW whole = new AdamW(through, SETTINGS);
        Tensor broken = Tensors.of(Device.CPU, start, 9);
        AdamW first = new AdamW(broken, SETTINGS);
        for (int step = 0; step < 4; step++) {
            whole.step(Tensors.of(Device.CPU, gradients[step], 9), 0.01, 1);
        }
        for (int step = 0; step < 2; step++) {
            first.step(Tensors.of(Device.CPU, gradients[step], 9), 0.01, 1);
        }
        Tensor restored = Tensors.of(Device.CPU, broken.toFloats(), 9);
        AdamW second = new AdamW(restored, SETTINGS);
        second.firstMoment().set(first.firstMoment().toFloats());
        second.secondMoment().set(first.secondMoment().toFloats());
        second.resumeAfter(first.steps());
        for (int step = 2; step < 4; step++) {
            second.step(Tensors.of(Device.CPU, gradients[step], 9), 0.01, 1);
        }
        assertThat(restored.toFloats()).isEqualTo(through.toFloats());
    }

    @Test
    void theGradientMayBeScaledFirst() {
        float[] gradient = {3, 0, -4};
        Tensor scaled = Tensors.of(Device.CPU, new float[] {1, 2, 3}, 3);
        Tensor given = Tensors.of(Device.CPU, new float[] {1, 2, 3}, 3);
        Tensor aten = Tensors.of(Device.CPU, new float[] {1, 2, 3}, 3);
        new AdamW(scaled, SETTINGS).step(Tensors.of(Device.CPU, gradient, 3), 0.1, 0.25);
        new AdamW(given, SETTINGS).step(Tensors.of(Device.CPU, new float[] {0.75f, 0, -1}, 3), 0.1, 1);
        AdamW other = new AdamW(aten, SETTINGS);
        other.resumeAfter(1);
        other.aten(Tensors.of(Device.CPU, gradient, 3), 0.1, 0.25);
        assertThat(scaled.toFloats()).isEqualTo(given.toFloats());
        assertThat(aten.toFloats()).containsExactly(given.toFloats(), within(1e-6f));
    }

    private static float[] floats(SplittableRandom random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    private static void assertNear(Tensor tensor, double[] expected) {
        float[] values = tensor.toFloats();
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) values[i]).isEqualTo(expected[i], within(2e-6));
        }
    }
}
