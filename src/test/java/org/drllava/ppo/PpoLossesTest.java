package org.drllava.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.drllava.model.AnswerRows;
import org.drllava.model.LlavaModel;
import org.drllava.model.LoraAdapter;
import org.drllava.model.TinyModel;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenScores;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Device;
import org.drllava.tensor.LeakCheck;
import org.drllava.tensor.Loss;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class PpoLossesTest {
    private static final double CLIP = 0.2;
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(2, 4);

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
    @ValueSource(ints = {0, 1, 33})
    void lossesAndGradientsAreThoseOfTheEquations(int n) {
        SplittableRandom random = new SplittableRandom(n);
        float[] now = floats(random, n);
        float[] old = floats(random, n);
        float[] goal = floats(random, n);
        double policy = 0;
        double value = 0;
        double[] policySlope = new double[n];
        double[] valueSlope = new double[n];
        for (int i = 0; i < n; i++) {
            double ratio = Math.exp((double) now[i] - old[i]);
            double clipped = Math.clamp(ratio, 1 - CLIP, 1 + CLIP);
            policy += Math.max(-goal[i] * ratio, -goal[i] * clipped) / 50;
            policySlope[i] = -goal[i] * ratio >= -goal[i] * clipped ? -goal[i] * ratio / 50 : 0;
            double near = Math.clamp(now[i], old[i] - CLIP, old[i] + CLIP);
            double error = (double) now[i] - goal[i];
            value += 0.5 * Math.max(error * error, (near - goal[i]) * (near - goal[i])) / 50;
            valueSlope[i] = error * error >= (near - goal[i]) * (near - goal[i]) ? error / 50 : 0;
        }
        checkPolicy(now, old, goal, policy, policySlope);
        check(now, x -> PpoLosses.value(x, tensor(old), tensor(goal), CLIP, 50), value, valueSlope);
        check(now, x -> Loss.recorded(PpoLosses.recordedValue(x, tensor(old), tensor(goal), CLIP, 50)), value, valueSlope);
    }

    private static void checkPolicy(float[] now, float[] old, float[] goal, double expected, double[] slope) {
        check(now, x -> PpoLosses.policy(x, tensor(old), tensor(goal), CLIP, 50), expected, slope);
        check(now, x -> Loss.recorded(PpoLosses.recordedPolicy(x, tensor(old), tensor(goal), CLIP, 50)), expected, slope);
    }

    private static void check(float[] now, Function<Tensor, Loss> of, double expected, double[] slope) {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("x", new long[] {now.length});
        ParameterArena arena = new ParameterArena(Device.CPU, shapes);
        arena.values().set(now);
        var leaves = arena.leaves();
        Loss loss = of.apply(leaves.byName().get("x"));
        assertThat(loss.value()).isEqualTo(expected, within(1e-6));
        leaves.backward(loss, null);
        float[] gradient = leaves.gradient().toFloats();
        for (int i = 0; i < now.length; i++) {
            assertThat((double) gradient[i]).as("element " + i).isEqualTo(slope[i], within(1e-6));
        }
    }

    /** Hand-made corners: A, ratio, what the loss of one token is and whether it still pulls. */
    @ParameterizedTest
    @CsvSource({"1, 1.1, -1.1, true", "1, 1.5, -1.2, false", "1, 0.5, -0.5, true", "-1, 0.9, 0.9, true", "-1, 0.5, 0.8, false", "-1, 1.5, 1.5, true",
        "0, 1.5, 0, false"})
    void clippingHoldsBackWhatHasGoneFarEnough(float advantage, double ratio, double loss, boolean pulls) {
        checkPolicy(new float[] {(float) Math.log(ratio)}, new float[] {0}, new float[] {advantage}, loss / 50,
                new double[] {pulls ? -advantage * ratio / 50 : 0});
    }

    /** One optimiser step on a real model: tokens with a positive advantage become likelier, those with a negative one less so. */
    @ParameterizedTest
    @ValueSource(floats = {1, -1})
    void aStepMakesATokenWithPositiveAdvantageLikelier(float advantage) {
        LlavaModel model = TinyModel.of(TinyModel.CONFIG, 1);
        ParameterArena arena = TinyModel.adapter(model.config(), LORA, 2);
        var leaves = arena.leaves();
        TokenBatch batch = TokenBatch.of(List.of(new int[] {1, 7, 8, 9, 2}));
        AnswerRows rows = AnswerRows.of(batch, List.of(new boolean[] {false, false, false, true, false}));
        float before = logprob(model, leaves, batch, rows).item();
        Tensor now = logprob(model, leaves, batch, rows);
        leaves.backward(PpoLosses.policy(now, tensor(before), tensor(advantage), CLIP, 1), null);
        new AdamW(arena.values(), AdamW.Settings.DEFAULT).step(leaves.gradient(), 1e-3, 1);
        float change = logprob(model, leaves, batch, rows).item() - before;
        assertThat(change * advantage).as("change of the log-probability times the advantage").isGreaterThan(1e-3f);
    }

    private static Tensor logprob(LlavaModel model, ParameterArena.Leaves leaves, TokenBatch batch, AnswerRows rows) {
        return TokenScores.logprobs(model, model.answerStates(batch, null, LoraAdapter.of(leaves.byName(), LORA.scale()), rows), rows, 1);
    }

    @Test
    void unitsAddUpToTheMinibatch() {
        SplittableRandom random = new SplittableRandom(3);
        float[] now = floats(random, 7);
        float[] old = floats(random, 7);
        float[] goal = floats(random, 7);
        try (Autograd.Guard off = Autograd.off()) {
            double whole = PpoLosses.policy(tensor(now), tensor(old), tensor(goal), CLIP, 7).value();
            double parts = PpoLosses.policy(part(now, 0, 3), part(old, 0, 3), part(goal, 0, 3), CLIP, 7).value()
                    + PpoLosses.policy(part(now, 3, 7), part(old, 3, 7), part(goal, 3, 7), CLIP, 7).value();
            assertThat(parts).isEqualTo(whole, within(1e-6));
        }
    }

    private static Tensor part(float[] values, int from, int to) {
        return tensor(Arrays.copyOfRange(values, from, to));
    }

    private static Tensor tensor(float... values) {
        return Tensors.of(Device.CPU, values, values.length);
    }

    private static float[] floats(SplittableRandom random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
