package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class DescentTest {
    /** Larger than a block, and no multiple of it. */
    private static final int N = Shards.BLOCK + 37;

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 1", "5, 2", "8, 3", "13, 2"})
    void theGradientIsTheSumOverAllUnits(int count, int threads) {
        try (TensorScope scope = TensorScope.open(); Workers workers = new Workers(threads)) {
            ParameterArena arena = arena();
            Descent descent = new Descent(arena, AdamW.Settings.DEFAULT, 1e9, count, Team.alone(workers));
            for (int step = 0; step < 2; step++) {
                Descent.Sum sum = descent.sum((unit, leaves) -> unit(unit, leaves));
                assertThat(sum.statistics()).extracting(row -> row[0]).containsExactlyElementsOf(
                        IntStream.range(0, count).mapToObj(i -> (double) i).toList());
                double squares = 0;
                for (int i = 0; i < N; i++) {
                    double gradient = 0;
                    for (int unit = 0; unit < count; unit++) {
                        gradient += factors(unit)[i];
                    }
                    squares += gradient * gradient;
                }
                assertThat(sum.norm()).as("step " + step).isCloseTo(Math.sqrt(squares), within(1e-4 * Math.sqrt(squares)));
            }
        }
    }

    @Test
    void aLongGradientIsShortenedToTheNorm() {
        try (TensorScope scope = TensorScope.open(); Workers workers = new Workers(1)) {
            // One step of AdamW without momentum's memory of sizes: with a large epsilon it goes along the gradient itself.
            AdamW.Settings plain = new AdamW.Settings(0, 0, 1e6, 0);
            float[] free = stepped(workers, plain, 1e9);
            float[] clipped = stepped(workers, plain, 0.5);
            double norm = 0;
            for (float x : free) {
                norm += x * x;
            }
            norm = Math.sqrt(norm);
            for (int i = 0; i < N; i++) {
                assertThat((double) clipped[i]).isCloseTo(free[i] * 0.5 / (norm * 1e6), within(1e-9));
            }
        }
    }

    private static float[] stepped(Workers workers, AdamW.Settings settings, double maxNorm) {
        ParameterArena arena = arena();
        arena.values().set(new float[N]);
        Descent descent = new Descent(arena, settings, maxNorm, 2, Team.alone(workers));
        descent.sum((unit, leaves) -> unit(unit, leaves));
        descent.step(1);
        return arena.values().toFloats();
    }

    /** Units behind a failed one wait for memory; they must not wait for ever. */
    @Test
    @Timeout(60)
    void aFailedUnitEndsTheStepAndTheNextOneGoesOn() {
        try (TensorScope scope = TensorScope.open(); Workers workers = new Workers(3)) {
            Descent descent = new Descent(arena(), AdamW.Settings.DEFAULT, 1, 16, Team.alone(workers));
            AtomicInteger ran = new AtomicInteger();
            assertThatThrownBy(() -> descent.sum((unit, leaves) -> {
                ran.incrementAndGet();
                if (unit == 1) {
                    throw new IllegalArgumentException("unit 1");
                }
                return unit(unit, leaves);
            })).isInstanceOf(IllegalArgumentException.class).hasMessage("unit 1");
            assertThat(ran.get()).isLessThan(16);
            assertThat(descent.sum((unit, leaves) -> unit(unit, leaves)).statistics()).hasSize(16);
        }
    }

    @Test
    void bitsDependOnNoNumberOfWorkers() {
        assertThat(List.of(trained(1), trained(2), trained(4))).allSatisfy(bits -> assertThat(bits).isEqualTo(trained(3)));
    }

    private static float[] trained(int threads) {
        try (TensorScope scope = TensorScope.open(); Workers workers = new Workers(threads)) {
            ParameterArena arena = arena();
            Descent descent = new Descent(arena, AdamW.Settings.DEFAULT, 1, 7, Team.alone(workers));
            for (int step = 0; step < 3; step++) {
                descent.sum((unit, leaves) -> unit(unit, leaves));
                descent.step(0.01);
            }
            return arena.values().toFloats();
        }
    }

    @Test
    void goesOnFromItsState() {
        try (TensorScope scope = TensorScope.open(); Workers workers = new Workers(2)) {
            ParameterArena straight = arena();
            Descent whole = new Descent(straight, AdamW.Settings.DEFAULT, 1, 3, Team.alone(workers));
            ParameterArena resumed = arena();
            for (int step = 0; step < 4; step++) {
                if (step == 2) {
                    Descent rest = new Descent(resumed, AdamW.Settings.DEFAULT, 1, 3, Team.alone(workers));
                    Ops.copyInto(resumed.values(), straight.values());
                    rest.resume(whole.steps(), whole.firstMoment(), whole.secondMoment());
                    for (int again = 2; again < 4; again++) {
                        rest.sum((unit, leaves) -> unit(unit, leaves));
                        rest.step(0.01);
                    }
                    assertThat(rest.steps()).isEqualTo(4);
                }
                whole.sum((unit, leaves) -> unit(unit, leaves));
                whole.step(0.01);
            }
            assertThat(resumed.values().toFloats()).isEqualTo(straight.values().toFloats());
        }
    }

    static ParameterArena arena() {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("a", new long[] {N - 5});
        shapes.put("b", new long[] {5});
        return new ParameterArena(Device.CPU, shapes);
    }

    /** A loss whose gradient is {@link #factors}; its statistic is the unit's number. */
    static Descent.Result unit(int unit, ParameterArena.Leaves leaves) {
        float[] factors = factors(unit);
        Tensor a = Ops.multiply(leaves.byName().get("a"), Tensors.of(Device.CPU, Arrays.copyOf(factors, N - 5), N - 5));
        Tensor b = Ops.multiply(leaves.byName().get("b"), Tensors.of(Device.CPU, Arrays.copyOfRange(factors, N - 5, N), 5));
        return new Descent.Result(Loss.recorded(Ops.add(Ops.sum(a), Ops.sum(b))), new double[] {unit});
    }

    private static float[] factors(int unit) {
        SplittableRandom random = new SplittableRandom(unit);
        float[] factors = new float[N];
        for (int i = 0; i < N; i++) {
            factors[i] = (float) random.nextDouble(-1, 1);
        }
        return factors;
    }
}
