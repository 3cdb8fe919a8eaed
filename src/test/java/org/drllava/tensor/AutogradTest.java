package org.drllava.tensor;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.drllava.bindings.libtorch.TorchException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gradients against central differences in float64 (step 1e-5, so wrong by about 1e-9), then float32's and bfloat16's
 * against float64's.
 */
@ExtendWith(LeakCheck.class)
class AutogradTest {
    private static final int SEED = 5;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private TensorScope scope;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void linearWithAVectorAsBias() {
        check(x -> Ops.linear(x[0], x[1], x[2]), shape(5, 3), shape(7, 3), shape(7));
    }

    @Test
    void linearWithAMatrixAsBias() {
        check(x -> Ops.linear(x[0], x[1], x[2]), shape(5, 3), shape(7, 3), shape(5, 7));
        check(x -> Ops.linear(x[0], x[1], x[2]), shape(1, 1), shape(1, 1), shape(1, 1));
    }

    @Test
    void loraOnTopOfAFrozenProduct() {
        check(x -> Ops.linear(Ops.multiply(Ops.linear(x[0], x[1], null), 2), x[2], Ops.linear(x[0], x[3], null)),
                shape(4, 6), shape(2, 6), shape(5, 2), shape(5, 6));
    }

    @Test
    void rmsNorm() {
        check(x -> Ops.rmsNorm(x[0], x[1], 1e-2), shape(3, 7), shape(7));
    }

    @Test
    void gatedActivation() {
        check(x -> Ops.multiply(Ops.silu(x[0]), x[1]), shape(3, 5), shape(3, 5));
    }

    @Test
    void causalAttention() {
        check(x -> Ops.attention(x[0], x[1], x[2], null, true), shape(2, 2, 5, 4), shape(2, 2, 5, 4), shape(2, 2, 5, 4));
    }

    @Test
    void maskedAttention() {
        Tensor mask = Tensors.ofBooleans(Device.CPU, new byte[] {1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1}, 2, 1, 2, 3);
        check(x -> Ops.attention(x[0], x[1], x[2], mask, false), shape(2, 2, 2, 4), shape(2, 2, 3, 4), shape(2, 2, 3, 4));
    }

    @Test
    void attentionWithFewerKeyHeads() {
        check(x -> Ops.attention(x[0], x[1], x[2], null, true), shape(1, 4, 3, 2), shape(1, 2, 3, 2), shape(1, 2, 3, 2));
    }

    @Test
    void logProbabilitiesOfChosenTokens() {
        Tensor chosen = Tensors.of(Device.CPU, new long[] {2, 0, 6, 6}, 4, 1);
        check(x -> Ops.gatherLast(Ops.logSoftmax(x[0]), chosen), shape(4, 7));
    }

    @Test
    void imageFeaturesInTheirPlaces() {
        Tensor places = Tensors.of(Device.CPU, new long[] {3, 1}, 2);
        check(x -> Ops.indexCopy(x[0], 0, places, x[1]), shape(5, 3), shape(2, 3));
    }

    @Test
    void rowsSelectedMoreThanOnce() {
        Tensor rows = Tensors.of(Device.CPU, new long[] {1, 1, 0}, 3);
        check(x -> Ops.indexSelect(x[0], 0, rows), shape(4, 3));
    }

    @Test
    void clampAndMaximum() {
        check(x -> Ops.maximum(Ops.multiply(x[1], x[0]), Ops.multiply(x[1], Ops.clamp(x[0], Tensors.scalar(-0.4), Tensors.scalar(0.6)))),
                shape(33), shape(33));
        // In bfloat16 a number may round to a bound, where the gradient jumps; losses are float32.
        checkFloat32(x -> Ops.clamp(x[0], Ops.subtract(x[1], Tensors.scalar(0.2)), Ops.add(x[1], Tensors.scalar(0.2))), shape(33), shape(33));
    }

    @Test
    void rotation() {
        check(x -> Ops.add(Ops.multiply(x[0], x[1]), Ops.multiply(Ops.rollLast(x[0], 2), x[2])), shape(3, 2, 4), shape(3, 1, 4), shape(3, 1, 4));
    }

    @Test
    void sumsMeansAndShapes() {
        check(x -> Ops.sumLast(Ops.permute(Ops.reshape(x[0], 3, 2, 2), 2, 0, 1)), shape(4, 3));
        check(x -> Ops.mean(Ops.divide(x[0], Ops.exp(x[1])), 0), shape(4, 3), shape(3));
        check(x -> Ops.cat(1, Ops.slice(x[0], 1, 1, 3), Ops.negate(x[1])), shape(2, 3), shape(2, 2));
        check(x -> Ops.subtractScaled(x[0], x[1], 0.7), shape(2, 3), shape(3));
    }

    @Test
    void anEmptyBatchHasGradientsOfZero() {
        Tensor[] leaf = {Tensors.zeros(Device.CPU, DType.FLOAT32, 2, 3)};
        Tensor gradient = Tensors.zeros(Device.CPU, DType.FLOAT32, 2, 3);
        Autograd.leaf(leaf[0], gradient);
        Autograd.backward(Ops.sum(Ops.linear(Tensors.zeros(Device.CPU, DType.FLOAT32, 0, 3), leaf[0], null)), leaf);
        assertThat(gradient.toFloats()).containsOnly(0);
    }

    @Test
    void nothingIsRecordedWhileOff() {
        Tensor x = Tensors.of(Device.CPU, new float[] {1, 2}, 2);
        Autograd.leaf(x, Tensors.zeros(Device.CPU, DType.FLOAT32, 2));
        Tensor unrecorded;
        try (Autograd.Guard off = Autograd.off()) {
            try (Autograd.Guard inner = Autograd.off()) {
                Ops.exp(x);
            }
            unrecorded = Ops.sum(Ops.exp(x));
        }
        assertThatThrownBy(() -> Autograd.backward(unrecorded, x)).isInstanceOf(TorchException.class).hasMessageContaining("does not require grad");
        Autograd.backward(Ops.sum(Ops.exp(x)), x);
    }

    @Test
    void aDetachedPathHasNoGradient() {
        Tensor x = Tensors.of(Device.CPU, new float[] {1, 2}, 2);
        Tensor gradient = Tensors.zeros(Device.CPU, DType.FLOAT32, 2);
        Autograd.leaf(x, gradient);
        Autograd.backward(Ops.sum(Ops.multiply(x, Ops.detach(x))), x);
        assertThat(gradient.toFloats()).containsExactly(1, 2);
    }

    @Test
    void aLossOfSeveralElementsIsRefused() {
        Tensor x = Tensors.of(Device.CPU, new float[] {1, 2}, 2);
        Autograd.leaf(x, Tensors.zeros(Device.CPU, DType.FLOAT32, 2));
        Tensor loss = Ops.exp(x);
        assertThatThrownBy(() -> Autograd.backward(loss, x)).isInstanceOf(TorchException.class).hasMessageContaining("float32[2]");
    }

    // Pieces -----------------------------------------------------------------------------------------------------------

    private static long[] shape(long... sizes) {
        return sizes;
    }

    private void check(Function<Tensor[], Tensor> f, long[]... shapes) {
        List<float[]> inputs = inputs(shapes);
        double[][] exact = exact(f, inputs, shapes);
        compare(new Pass(f, DType.FLOAT32, inputs, shapes).gradients(), exact, 1e-5);
        compare(new Pass(f, DType.BFLOAT16, inputs, shapes).gradients(), exact, 0.05);
    }

    private void checkFloat32(Function<Tensor[], Tensor> f, long[]... shapes) {
        List<float[]> inputs = inputs(shapes);
        compare(new Pass(f, DType.FLOAT32, inputs, shapes).gradients(), exact(f, inputs, shapes), 1e-5);
    }

    private List<float[]> inputs(long[]... shapes) {
        List<float[]> inputs = new ArrayList<>();
        for (long[] shape : shapes) {
            float[] values = new float[(int) Tensor.elements(shape)];
            for (int i = 0; i < values.length; i++) {
                // Rounded so that bfloat16 starts from the same numbers.
                values[i] = Math.round(random.nextDouble(-1.5, 1.5) * 64) / 64f;
            }
            inputs.add(values);
        }
        return inputs;
    }

    /** Autograd's gradients in float64, each element of each input held against the slope of the loss. */
    private static double[][] exact(Function<Tensor[], Tensor> f, List<float[]> inputs, long[]... shapes) {
        Pass exact = new Pass(f, DType.FLOAT64, inputs, shapes);
        double[][] gradients = exact.gradients();
        for (int n = 0; n < shapes.length; n++) {
            for (int i = 0; i < gradients[n].length; i++) {
                double difference = exact.centralDifference(n, i);
                assertNear(gradients[n][i], difference, 1e-7 * Math.max(1, Math.abs(difference)), "float64 input " + n + " element " + i);
            }
        }
        return gradients;
    }

    private static void compare(double[][] computed, double[][] expected, double bound) {
        for (int n = 0; n < expected.length; n++) {
            double largest = 1;
            for (double value : expected[n]) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (int i = 0; i < expected[n].length; i++) {
                assertNear(computed[n][i], expected[n][i], bound * largest, "input " + n + " element " + i);
            }
        }
    }

    private static void assertNear(double computed, double expected, double bound, String what) {
        if (!(Math.abs(computed - expected) <= bound)) {
            throw new AssertionError("gradient of " + what + " is " + computed + ", expected " + expected + " within " + bound + " (seed " + SEED + ")");
        }
    }

    private static final class Pass {
        private static final double STEP = 1e-5;

        private final Function<Tensor[], Tensor> f;
        private final Tensor[] leaves;
        private final Tensor[] gradients;

        Pass(Function<Tensor[], Tensor> f, DType dtype, List<float[]> inputs, long[][] shapes) {
            this.f = f;
            leaves = new Tensor[shapes.length];
            gradients = new Tensor[shapes.length];
            for (int n = 0; n < shapes.length; n++) {
                leaves[n] = Tensors.zeros(Device.CPU, dtype, shapes[n]);
                leaves[n].set(inputs.get(n));
                gradients[n] = Tensors.zeros(Device.CPU, dtype, shapes[n]);
                Autograd.leaf(leaves[n], gradients[n]);
            }
        }

        double[][] gradients() {
            Autograd.backward(loss(), leaves);
            double[][] values = new double[gradients.length][];
            for (int n = 0; n < values.length; n++) {
                values[n] = Ops.to(gradients[n], DType.FLOAT64).segment().toArray(JAVA_DOUBLE);
            }
            return values;
        }

        double centralDifference(int input, int element) {
            try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
                MemorySegment memory = leaves[input].segment();
                double value = memory.getAtIndex(JAVA_DOUBLE, element);
                memory.setAtIndex(JAVA_DOUBLE, element, value + STEP);
                double above = loss().segment().get(JAVA_DOUBLE, 0);
                memory.setAtIndex(JAVA_DOUBLE, element, value - STEP);
                double below = loss().segment().get(JAVA_DOUBLE, 0);
                memory.setAtIndex(JAVA_DOUBLE, element, value);
                return (above - below) / (2 * STEP);
            }
        }

        /** Weights differ from element to element, so that a transposed gradient shows. */
        private Tensor loss() {
            Tensor result = f.apply(leaves);
            float[] weights = new float[(int) result.elements()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (i * 7 % 11 - 4) / 8f;
            }
            Tensor w = Ops.to(Tensors.of(Device.CPU, weights, result.shape()), result.dtype());
            return Ops.sum(Ops.multiply(result, w));
        }
    }
}
