package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.drllava.bindings.libtorch.TorchException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operator against its definition, in both dtypes, at sizes 0, 1, odd, and beyond a SIMD register. */
@ExtendWith(LeakCheck.class)
@ParameterizedClass
@EnumSource(value = DType.class, names = {"FLOAT32", "BFLOAT16"})
class OpsTest {
    private static final int[] SIZES = {0, 1, 2, 7, 33};
    private static final int SEED = 20;

    @Parameter
    DType dtype;

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
    void elementwiseOfOne() {
        unary(Ops::exp, Math::exp);
        unary(Ops::negate, x -> -x);
        unary(Ops::sigmoid, x -> 1 / (1 + Math.exp(-x)));
        unary(Ops::silu, x -> x / (1 + Math.exp(-x)));
        unary(Ops::gelu, x -> 0.5 * x * (1 + Plain.erf(x / Math.sqrt(2))));
        unary(Ops::geluTanh, x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
        unary(x -> Ops.sqrt(Ops.exp(x)), x -> Math.exp(x / 2));
        unary(x -> Ops.log(Ops.sigmoid(x)), x -> -Math.log1p(Math.exp(-x)));
        unary(x -> Ops.multiply(x, 0.3), x -> 0.3 * x);
        unary(x -> Ops.clamp(x, Tensors.scalar(-0.5), Tensors.scalar(0.25)), x -> Math.clamp(x, -0.5, 0.25));
        unary(x -> Ops.clamp(x, null, Tensors.scalar(0)), x -> Math.min(x, 0));
        unary(Ops::detach, x -> x);
        unary(Ops::contiguous, x -> x);
    }

    @Test
    void elementwiseOfTwoWithBroadcasting() {
        int[][][] pairs = {{{}, {}}, {{0}, {1}}, {{7}, {7}}, {{5, 7}, {7}}, {{5, 1}, {1, 7}}, {{3, 1, 2}, {4, 1}}, {{33}, {}}, {{0, 3}, {1, 3}}};
        for (int[][] pair : pairs) {
            Tensor a = random(pair[0]);
            Tensor b = random(pair[1]);
            binary(Ops.add(a, b), a, b, (x, y) -> x + y);
            binary(Ops.subtract(a, b), a, b, (x, y) -> x - y);
            binary(Ops.subtractScaled(a, b, 0.25), a, b, (x, y) -> x - 0.25 * y);
            binary(Ops.multiply(a, b), a, b, (x, y) -> x * y);
            binary(Ops.maximum(a, b), a, b, Math::max);
            Tensor positive = Ops.exp(b);
            binary(Ops.divide(a, positive), a, positive, (x, y) -> x / y);
        }
        assertThatThrownBy(() -> Ops.add(random(3), random(4))).isInstanceOf(TorchException.class)
                .hasMessageContaining("[3]").hasMessageContaining("[4]");
    }

    @Test
    void multiplyInPlaceWritesIntoItsFirst() {
        Tensor a = random(5, 7);
        Tensor b = random(7);
        Plain before = Plain.of(a);
        Ops.multiplyInPlace(a, b);
        assertClose(a, Plain.of(i -> before.at(i) * Plain.of(b).at(i), 5, 7));
    }

    @Test
    void linearWithoutBiasWithAVectorAndWithAMatrix() {
        for (int rows : SIZES) {
            for (int in : new int[] {1, 3, 33}) {
                Tensor x = random(rows, in);
                Tensor w = random(5, in);
                Plain product = Plain.of(i -> Plain.sum(in, k -> Plain.of(x).at(i[0], k) * Plain.of(w).at(i[1], k)), rows, 5);
                assertClose(Ops.linear(x, w, null), product);
                for (Tensor bias : new Tensor[] {random(5), random(rows, 5)}) {
                    Plain b = Plain.of(bias);
                    assertClose(Ops.linear(x, w, bias), Plain.of(i -> product.at(i) + b.at(i), rows, 5));
                }
            }
        }
    }

    @Test
    void productsAndInnerProducts() {
        for (int n : SIZES) {
            Plain a = Plain.of(random(2, 3, n));
            Tensor at = tensor(a);
            Tensor bt = random(n, 4);
            assertClose(Ops.matmul(at, bt), Plain.of(i -> Plain.sum(n, k -> a.at(i[0], i[1], k) * Plain.of(bt).at(k, i[2])), 2, 3, 4));
            Tensor u = random(n);
            Tensor v = random(n);
            assertClose(Ops.dot(u, v), Plain.of(_ -> Plain.sum(n, k -> Plain.of(u).at(k) * Plain.of(v).at(k))));
        }
    }

    @Test
    void attentionPlainCausalMaskedAndGrouped() {
        for (int kvHeads : new int[] {1, 2, 4}) {
            for (int keys : new int[] {1, 2, 9}) {
                Plain q = Plain.of(random(2, 4, keys, 6));
                Plain k = Plain.of(random(2, kvHeads, keys, 6));
                Plain v = Plain.of(random(2, kvHeads, keys, 6));
                byte[] seen = new byte[2 * keys * keys];
                for (int i = 0; i < seen.length; i++) {
                    seen[i] = (byte) (i % keys == 0 || random.nextInt(3) > 0 ? 1 : 0);
                }
                Tensor mask = Tensors.ofBooleans(Device.CPU, seen, 2, 1, keys, keys);
                Plain allowed = Plain.of(mask);
                assertClose(Ops.attention(tensor(q), tensor(k), tensor(v), null, false), attention(q, k, v, _ -> true));
                assertClose(Ops.attention(tensor(q), tensor(k), tensor(v), null, true), attention(q, k, v, i -> i[3] <= i[2]));
                assertClose(Ops.attention(tensor(q), tensor(k), tensor(v), mask, false), attention(q, k, v, i -> allowed.at(i) == 1));
            }
        }
    }

    private interface Seen {
        /** @param index batch, head, query, key */
        boolean test(int... index);
    }

    private static Plain attention(Plain q, Plain k, Plain v, Seen seen) {
        int keys = k.shape()[2];
        int width = q.shape()[3];
        int group = q.shape()[1] / k.shape()[1];
        return Plain.of(i -> {
            double total = 0;
            double sum = 0;
            for (int key = 0; key < keys; key++) {
                if (seen.test(i[0], i[1], i[2], key)) {
                    int at = key;
                    double weight = Math.exp(Plain.sum(width, e -> q.at(i[0], i[1], i[2], e) * k.at(i[0], i[1] / group, at, e)) / Math.sqrt(width));
                    total += weight;
                    sum += weight * v.at(i[0], i[1] / group, key, i[3]);
                }
            }
            return sum / total;
        }, q.shape());
    }

    @Test
    void normalisations() {
        for (int n : new int[] {1, 2, 7, 33}) {
            Tensor x = random(3, n);
            Tensor w = random(n);
            Tensor b = random(n);
            Plain p = Plain.of(x);
            double eps = 1e-3;
            assertClose(Ops.rmsNorm(x, w, eps), Plain.of(i -> p.at(i) * Plain.of(w).at(i)
                    / Math.sqrt(Plain.sum(n, k -> p.at(i[0], k) * p.at(i[0], k)) / n + eps), 3, n));
            assertClose(Ops.layerNorm(x, w, b, eps), Plain.of(i -> {
                double mean = Plain.sum(n, k -> p.at(i[0], k)) / n;
                double variance = Plain.sum(n, k -> Math.pow(p.at(i[0], k) - mean, 2)) / n;
                return (p.at(i) - mean) / Math.sqrt(variance + eps) * Plain.of(w).at(i) + Plain.of(b).at(i);
            }, 3, n));
        }
        assertClose(Ops.rmsNorm(random(0, 4), random(4), 1e-5), Plain.of(_ -> 0, 0, 4));
    }

    @Test
    void logSoftmaxAndCrossEntropy() {
        for (int n : new int[] {1, 2, 7, 33}) {
            Tensor x = Ops.multiply(random(4, n), 10);
            Plain expected = logSoftmax(Plain.of(x));
            assertClose(Ops.logSoftmax(x), expected);
            int last = n - 1;
            Tensor targets = Tensors.of(Device.CPU, new long[] {0, -100, last, last / 2}, 4);
            assertClose(Ops.crossEntropy(x, targets), Plain.of(_ -> -(expected.at(0, 0) + expected.at(2, last) + expected.at(3, last / 2)) / 3));
        }
        assertClose(Ops.logSoftmax(random(0, 5)), Plain.of(_ -> 0, 0, 5));
    }

    private static Plain logSoftmax(Plain x) {
        int n = x.shape()[1];
        return Plain.of(i -> {
            double largest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < n; k++) {
                largest = Math.max(largest, x.at(i[0], k));
            }
            double top = largest;
            return x.at(i) - top - Math.log(Plain.sum(n, k -> Math.exp(x.at(i[0], k) - top)));
        }, x.shape());
    }

    @Test
    void reductions() {
        for (int n : SIZES) {
            Tensor x = random(3, n, 2);
            Plain p = Plain.of(x);
            assertClose(Ops.sum(x), Plain.of(_ -> Plain.sum(p.values().length, k -> p.values()[k])));
            assertClose(Ops.sumLast(x), Plain.of(i -> p.at(i[0], i[1], 0) + p.at(i[0], i[1], 1), 3, n));
            if (n > 0) {
                assertClose(Ops.mean(x, 1), Plain.of(i -> Plain.sum(n, k -> p.at(i[0], k, i[1])) / n, 3, 2));
            }
        }
        Tensor ties = Ops.to(Tensors.of(Device.CPU, new float[] {1, 3, 3, -1, -1, -2}, 2, 3), dtype);
        assertThat(Ops.argmax(ties).toLongs()).containsExactly(1, 0);
    }

    @Test
    void selecting() {
        Tensor x = random(4, 7);
        Plain p = Plain.of(x);
        for (int n : new int[] {0, 1, 5}) {
            long[] index = random.longs(4L * n, 0, 7).toArray();
            assertClose(Ops.gatherLast(x, Tensors.of(Device.CPU, index, 4, n)), Plain.of(i -> p.at(i[0], (int) index[i[0] * n + i[1]]), 4, n));
            long[] columns = random.longs(n, 0, 7).toArray();
            assertClose(Ops.indexSelect(x, 1, Tensors.of(Device.CPU, columns, n)), Plain.of(i -> p.at(i[0], (int) columns[i[1]]), 4, n));
            long[] rows = random.longs(2L * n, 0, 4).toArray();
            assertClose(Ops.embedding(x, Tensors.of(Device.CPU, rows, 2, n)), Plain.of(i -> p.at((int) rows[i[0] * n + i[1]], i[2]), 2, n, 7));
        }
        assertThatThrownBy(() -> Ops.indexSelect(x, 0, Tensors.of(Device.CPU, new long[] {4}, 1))).isInstanceOf(TorchException.class);
        assertThatThrownBy(() -> Ops.embedding(x, Tensors.of(Device.CPU, new long[] {-1}, 1))).isInstanceOf(TorchException.class);
    }

    @Test
    void copyingRows() {
        Tensor x = random(5, 3);
        Tensor rows = random(2, 3);
        Plain before = Plain.of(x);
        Plain source = Plain.of(rows);
        Tensor index = Tensors.of(Device.CPU, new long[] {4, 1}, 2);
        Plain expected = Plain.of(i -> i[0] == 4 ? source.at(0, i[1]) : i[0] == 1 ? source.at(1, i[1]) : before.at(i), 5, 3);
        assertClose(Ops.indexCopy(x, 0, index, rows), expected);
        assertClose(x, before);
        Ops.indexCopyInPlace(x, 0, index, rows);
        assertClose(x, expected);
        Ops.indexCopyInPlace(x, 0, Tensors.of(Device.CPU, new long[0], 0), random(0, 3));
        assertClose(x, expected);
    }

    @Test
    void joiningSlicingAndTurning() {
        Tensor a = random(2, 3, 4);
        Tensor b = random(2, 1, 4);
        Plain p = Plain.of(a);
        Plain r = Plain.of(b);
        assertClose(Ops.cat(1, a, b, random(2, 0, 4)), Plain.of(i -> i[1] < 3 ? p.at(i) : r.at(i[0], 0, i[2]), 2, 4, 4));
        assertClose(Ops.permute(a, 2, 0, 1), Plain.of(i -> p.at(i[1], i[2], i[0]), 4, 2, 3));
        assertClose(Ops.transpose(a, 0, 2), Plain.of(i -> p.at(i[2], i[1], i[0]), 4, 3, 2));
        assertClose(Ops.slice(a, 1, 1, 3), Plain.of(i -> p.at(i[0], i[1] + 1, i[2]), 2, 2, 4));
        assertClose(Ops.slice(a, 1, 2, 2), Plain.of(_ -> 0, 2, 0, 4));
        assertClose(Ops.expand(b, 2, 5, 4), Plain.of(i -> r.at(i[0], 0, i[2]), 2, 5, 4));
        assertClose(Ops.rollLast(a, 1), Plain.of(i -> p.at(i[0], i[1], (i[2] + 3) % 4), 2, 3, 4));
        assertClose(Ops.view(a, 6, -1), new Plain(p.values(), 6, 4));
        Tensor turned = Ops.transpose(a, 0, 2);
        assertClose(Ops.reshape(turned, 12, 2), new Plain(Plain.of(turned).values(), 12, 2));
        assertClose(Ops.contiguous(turned), Plain.of(turned));
        assertThatThrownBy(() -> Ops.view(turned, 12, 2)).isInstanceOf(TorchException.class).hasMessageContaining("[4, 3, 2]");
    }

    @Test
    void convertingAndCopying() {
        Tensor x = random(3, 5);
        assertThat(Ops.to(x, dtype)).isSameAs(x);
        assertThat(Ops.to(x, Device.CPU)).isSameAs(x);
        Tensor wide = Ops.to(x, DType.FLOAT64);
        assertThat(wide.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(wide.toFloats()).isEqualTo(x.toFloats());
        Tensor target = Tensors.zeros(Device.CPU, DType.FLOAT32, 3, 5);
        Ops.copyInto(target, x);
        assertThat(target.toFloats()).isEqualTo(x.toFloats());
    }

    @Test
    void bfloat16RoundsToNearestEven() {
        Tensor x = Ops.to(Tensors.of(Device.CPU, new float[] {1 + 0x1p-8f, 1 + 0x3p-8f, Float.MAX_VALUE, Float.NaN}, 4), DType.BFLOAT16);
        assertThat(x.toFloats()).containsExactly(1, 1 + 0x1p-6f, Float.POSITIVE_INFINITY, Float.NaN);
    }

    @Test
    void aScalarDoesNotWidenTheDtype() {
        assertThat(Ops.multiply(random(3), 2).dtype()).isEqualTo(dtype);
        assertThat(Ops.add(random(3), Tensors.scalar(1)).dtype()).isEqualTo(dtype);
    }

    // Pieces -----------------------------------------------------------------------------------------------------------

    private void unary(UnaryOperator<Tensor> operator, DoubleUnaryOperator expected) {
        for (int n : SIZES) {
            Tensor x = random(n);
            assertClose(operator.apply(x), Plain.of(x).map(expected));
        }
        Tensor x = Ops.transpose(random(3, 5), 0, 1);
        assertClose(operator.apply(x), Plain.of(x).map(expected));
    }

    private void binary(Tensor result, Tensor a, Tensor b, DoubleBinaryOperator expected) {
        Plain x = Plain.of(a);
        Plain y = Plain.of(b);
        int[] shape = Plain.of(result).shape();
        assertThat(shape.length).isEqualTo(Math.max(a.dimensions(), b.dimensions()));
        for (int d = 1; d <= shape.length; d++) {
            long left = d > a.dimensions() ? 1 : a.size(-d);
            long right = d > b.dimensions() ? 1 : b.size(-d);
            assertThat(shape[shape.length - d]).isEqualTo((int) (left == 1 ? right : left));
        }
        assertClose(result, Plain.of(i -> expected.applyAsDouble(x.at(i), y.at(i)), shape));
    }

    private Tensor random(int... shape) {
        return tensor(Plain.of(_ -> random.nextDouble(-2, 2), shape));
    }

    private Tensor tensor(Plain plain) {
        float[] floats = new float[plain.values().length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) plain.values()[i];
        }
        long[] shape = java.util.Arrays.stream(plain.shape()).asLongStream().toArray();
        return Ops.to(Tensors.of(Device.CPU, floats, shape), dtype);
    }

    /** A few last places of the largest number: 24 bits in float32, 8 in bfloat16, whose products come rounded step by step. */
    private void assertClose(Tensor computed, Plain expected) {
        assertThat(computed.dtype()).isEqualTo(dtype);
        Plain actual = Plain.of(computed);
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double largest = 1;
        for (double value : expected.values()) {
            largest = Math.max(largest, Math.abs(value));
        }
        double bound = largest * (dtype == DType.FLOAT32 ? 8 * 0x1p-24 : 4 * 0x1p-8);
        for (int i = 0; i < expected.values().length; i++) {
            double difference = Math.abs(actual.values()[i] - expected.values()[i]);
            if (!(difference <= bound)) {
                throw new AssertionError("element " + i + " of " + computed + " is " + actual.values()[i] + ", expected "
                        + expected.values()[i] + " within " + bound + " (seed " + SEED + ")");
            }
        }
    }
}
