package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.drllava.bindings.libtorch.NativeTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void resultsComeInTheOrderOfTheUnits(int count) {
        try (Workers workers = new Workers(count)) {
            assertThat(workers.count()).isEqualTo(count);
            assertThat(workers.map(7, unit -> unit * unit)).containsExactly(0, 1, 4, 9, 16, 25, 36);
            assertThat(workers.map(0, unit -> unit)).isEmpty();
        }
    }

    /** Only if both units run at once can they meet at the barrier. */
    @Test
    void twoWorkersRunTwoUnitsAtOnce() {
        CyclicBarrier barrier = new CyclicBarrier(2);
        try (Workers workers = new Workers(2)) {
            assertThat(workers.map(2, unit -> {
                try {
                    return barrier.await(20, TimeUnit.SECONDS) >= 0;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            })).containsExactly(true, true);
        }
    }

    @Test
    void oneOrTwoWorkersGiveTheSameBits() {
        List<List<Float>> results = List.of(gradients(1), gradients(2));
        assertThat(results.get(0)).isEqualTo(results.get(1)).doesNotContain(0f);
    }

    private static List<Float> gradients(int count) {
        try (TensorScope scope = TensorScope.open(); Workers workers = new Workers(count)) {
            SplittableRandom random = new SplittableRandom(1);
            Tensor weight = Tensors.of(Device.CPU, floats(random, 64 * 48), 64, 48);
            return workers.map(5, unit -> {
                Tensor x = Tensors.of(Device.CPU, floats(new SplittableRandom(unit), 33 * 48), 33, 48);
                Tensor gradient = Tensors.zeros(Device.CPU, DType.FLOAT32, 64, 48);
                Tensor leaf = Autograd.leaf(Ops.multiply(weight, 1), gradient);
                Tensor scores = Ops.linear(x, leaf, null);
                Autograd.backward(Ops.sum(Ops.multiply(scores, scores)), leaf);
                return Ops.sum(Ops.multiply(gradient, gradient)).item();
            });
        }
    }

    @Test
    void theFirstUnitsFailureIsThrownAfterAllHaveRun() {
        AtomicInteger ran = new AtomicInteger();
        long before = NativeTensor.live();
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.map(6, unit -> {
                Tensors.zeros(Device.CPU, DType.FLOAT32, 100);
                ran.incrementAndGet();
                if (unit == 2 || unit == 4) {
                    throw new IllegalArgumentException("unit " + unit);
                }
                return unit;
            })).isInstanceOf(IllegalArgumentException.class).hasMessage("unit 2");
            assertThat(ran).hasValue(6);
            assertThat(NativeTensor.live()).isEqualTo(before);
            assertThat(workers.map(2, unit -> unit)).as("workers go on after a failure").containsExactly(0, 1);
        }
    }

    @Test
    void anErrorKeepsItsCause() {
        try (Workers workers = new Workers(1)) {
            assertThatThrownBy(() -> workers.map(1, _ -> {
                throw new StackOverflowError("deep");
            })).hasRootCauseInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void recordingOfTheCallerDoesNotReachTheWorkers() {
        try (TensorScope scope = TensorScope.open(); Workers workers = new Workers(1); Autograd.Guard off = Autograd.off()) {
            assertThat(workers.map(1, _ -> {
                Tensor x = Tensors.of(Device.CPU, new float[] {2}, 1);
                Tensor gradient = Tensors.zeros(Device.CPU, DType.FLOAT32, 1);
                Autograd.leaf(x, gradient);
                Autograd.backward(Ops.multiply(x, x), x);
                return gradient.item();
            })).containsExactly(4f);
        }
    }

    private static float[] floats(SplittableRandom random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
