package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels against libtorch's operators and its autograd. */
class KernelsTest {
    private final Random random = new Random(5);
    private TensorScope scope;
    private long handlesBefore;

    @BeforeEach
    void open() {
        assumeTrue(Kernels.available(Device.CPU));
        handlesBefore = HostMemory.liveHandles();
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        if (scope != null) {
            scope.close();
            assertThat(HostMemory.liveHandles()).isEqualTo(handlesBefore);
        }
    }

    @Test
    void linearIsAtensLinear() {
        for (int rows : new int[] {0, 1, 5, 16, 333}) {
            Tensor x = normal(rows, 130), weight = normal(77, 130), residual = normal(rows, 77);
            PackedWeight packed = PackedWeight.of(weight, DType.FLOAT32);
            assertClose(Products.linear(x, packed, null), Ops.linear(x, weight, null), 1e-4);
            assertClose(Products.linear(x, packed, residual), Ops.linear(x, weight, residual), 1e-4);
            Tensor gradient = normal(rows, 77);
            assertClose(Products.linear(gradient, PackedWeight.transposed(weight, DType.FLOAT32), null), Ops.matmul(gradient, weight), 1e-4);
            PackedWeight rounded = PackedWeight.of(Ops.to(weight, DType.BFLOAT16), DType.BFLOAT16);
            assertThat(bytes(rounded)).isLessThan(bytes(packed));
            assertClose(Products.linear(x, rounded, residual), Ops.linear(rounded(x), rounded(weight), residual), 1e-4);
        }
    }

    private static long bytes(PackedWeight weight) {
        return weight.tensors().stream().mapToLong(tensor -> tensor.elements() * tensor.dtype().bytes()).sum();
    }

    private static Tensor rounded(Tensor x) {
        return Ops.to(Ops.to(x, DType.BFLOAT16), DType.FLOAT32);
    }

    @Test
    void loraIsTwoMoreProducts() {
        Tensor x = normal(9, 64), weight = normal(40, 64), a = normal(8, 64), b = normal(40, 8), y = empty(9, 40), low = empty(9, 8);
        Products.linear(Columns.of(low), Columns.of(x), PackedWeight.of(a, DType.FLOAT32), null, 0.5);
        Products.linearLora(Columns.of(y), Columns.of(x), PackedWeight.of(weight, DType.FLOAT32), Columns.of(low), PackedWeight.of(b, DType.FLOAT32),
                Tensors.of(Device.CPU, new long[] {40}, 1), null);
        Tensor expected = Ops.linear(Ops.multiply(Ops.linear(x, a, null), 0.5), b, Ops.linear(x, weight, null));
        assertClose(y, expected, 1e-4);
    }

    @Test
    void rmsNormIsAtens() {
        Tensor x = normal(7, 90), weight = normal(90), dy = normal(7, 90), y = empty(7, 90), inverse = empty(7), dx = empty(7, 90);
        Layers.rmsNorm(Columns.of(y), Columns.of(x), weight, 1e-5, inverse);
        assertClose(y, Ops.rmsNorm(x, weight, 1e-5), 1e-5);
        Layers.rmsNormBackward(Columns.of(dx), Columns.of(dy), Columns.of(x), weight, inverse, null);
        assertClose(dx, gradientOf(x, dy, () -> Ops.rmsNorm(x, weight, 1e-5)), 1e-5);
    }

    @Test
    void swigluIsAtens() {
        Tensor joined = normal(6, 70), dy = normal(6, 35), y = empty(6, 35), d = empty(6, 70);
        Columns gate = new Columns(joined, 0, 35), up = new Columns(joined, 35, 35);
        Layers.swiglu(Columns.of(y), gate, up);
        assertClose(y, swiglu(joined), 1e-5);
        Layers.swigluBackward(new Columns(d, 0, 35), new Columns(d, 35, 35), null, Columns.of(dy), gate, up);
        assertClose(d, gradientOf(joined, dy, () -> swiglu(joined)), 1e-5);
    }

    private static Tensor swiglu(Tensor joined) {
        var parts = Ops.split(joined, 1, 35, 35);
        return Ops.multiply(Ops.silu(parts.get(0)), parts.get(1));
    }

    @Test
    void attentionIsAtensOnEachSequence() {
        long heads = 4, kvHeads = 2, head = 24;
        Tensor q = normal(50, heads * head), k = normal(50, kvHeads * head), v = normal(50, kvHeads * head), dout = normal(50, heads * head);
        Tensor offsets = Tensors.of(Device.CPU, new int[] {0, 33, 33, 50}, 4);
        Tensor out = empty(50, heads * head), logsumexp = empty(50, heads);
        var packed = Attention.Packed.all(offsets);
        Attention.forward(Columns.of(out), logsumexp, Columns.of(q), Columns.of(k), Columns.of(v), packed, head);
        Tensor dq = empty(50, heads * head), dk = empty(50, kvHeads * head), dv = empty(50, kvHeads * head);
        Attention.backward(Columns.of(dq), Columns.of(dk), Columns.of(dv), Columns.of(dout), Columns.of(out), logsumexp, Columns.of(q),
                Columns.of(k), Columns.of(v), packed, head);
        Tensor[] inputs = {q, k, v};
        Tensor[] gradients = {dq, dk, dv};
        for (int i = 0; i < 3; i++) {
            assertClose(gradients[i], gradientOf(inputs[i], dout, () -> aten(q, k, v, head)), 1e-4);
        }
        assertClose(out, aten(q, k, v, head), 1e-5);
    }

    private Tensor aten(Tensor q, Tensor k, Tensor v, long head) {
        return Ops.cat(0, aten(q, k, v, head, 0, 33), aten(q, k, v, head, 33, 50));
    }

    private Tensor aten(Tensor q, Tensor k, Tensor v, long head, long from, long to) {
        Tensor out = Ops.attention(byHead(q, head, from, to), byHead(k, head, from, to), byHead(v, head, from, to), null, true);
        return Ops.reshape(Ops.permute(out, 0, 2, 1, 3), to - from, q.size(1));
    }

    private static Tensor byHead(Tensor x, long head, long from, long to) {
        return Ops.permute(Ops.reshape(Ops.slice(x, 0, from, to), 1, to - from, x.size(1) / head, head), 0, 2, 1, 3);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void theCacheGivesThePackedFormsBits(DType precision) {
        long heads = 2, head = 16;
        Tensor q = normal(20, 32), k = normal(20, 32), v = normal(20, 32), out = empty(20, 32), cached = empty(20, 32);
        var cache = new KeyValueCache(Device.CPU, 3, 20, heads, head, precision);
        int[] sequences = new int[20], positions = new int[20];
        for (int i = 0; i < 20; i++) {
            sequences[i] = 1;
            positions[i] = i;
        }
        Tensor s = Tensors.of(Device.CPU, sequences, 20), p = Tensors.of(Device.CPU, positions, 20);
        cache.append(Columns.of(k), Columns.of(v), s, p);
        if (precision == DType.BFLOAT16) {
            Layers.round(Columns.of(k));
            Layers.round(Columns.of(v));
            assertThat(k.toFloats()).isEqualTo(Ops.to(Ops.to(k, DType.BFLOAT16), DType.FLOAT32).toFloats());
        }
        Attention.forward(Columns.of(out), null, Columns.of(q), Columns.of(k), Columns.of(v),
                Attention.Packed.all(Tensors.of(Device.CPU, new int[] {0, 20}, 2)), head);
        cache.copy(1, 2, 20);
        cache.attend(Columns.of(cached), Columns.of(q), s, p);
        assertThat(cached.toFloats()).isEqualTo(out.toFloats());
    }

    @Test
    void logprobsAreThoseOfLogSoftmax() {
        int rows = 33, vocabulary = 301;
        Tensor hidden = normal(rows, 40), head = normal(vocabulary, 40), logprobs = empty(rows), entropies = empty(rows), slopes = empty(rows, 40);
        int[] chosen = random.ints(rows, 0, vocabulary).toArray();
        Tensor targets = Tensors.of(Device.CPU, chosen, rows), dlogprobs = normal(rows);
        var packed = new Vocabulary.Head(PackedWeight.of(head, DType.FLOAT32), PackedWeight.transposed(head, DType.FLOAT32), 0.8);
        Vocabulary.logprobs(logprobs, entropies, Columns.of(slopes), Columns.of(hidden), targets, packed);
        Tensor all = Ops.logSoftmax(Ops.multiply(Ops.linear(hidden, head, null), 1 / 0.8));
        assertClose(logprobs, gathered(all, targets), 1e-4);
        assertClose(entropies, Ops.negate(Ops.sumLast(Ops.multiply(Ops.exp(all), all))), 1e-4);
        assertClose(Ops.multiply(slopes, Ops.view(dlogprobs, rows, 1)), gradientOf(hidden, dlogprobs,
                () -> gathered(Ops.logSoftmax(Ops.multiply(Ops.linear(hidden, head, null), 1 / 0.8)), targets)), 1e-4);
    }

    private static Tensor gathered(Tensor logprobs, Tensor targets) {
        return Ops.view(Ops.gatherLast(logprobs, Ops.view(targets, targets.elements(), 1)), targets.elements());
    }

    @Test
    void sampledTokensAreScoredWithTheSameBits() {
        int rows = 5;
        Tensor hidden = normal(rows, 24), conversations = Tensors.of(Device.CPU, new int[] {0, 1, 2, 3, 4}, rows);
        PackedWeight head = PackedWeight.of(normal(90, 24), DType.FLOAT32);
        Tensor logits = Products.linear(hidden, head, null), again = empty(rows);
        var choice = new Sampler.Choice(0.7, 20, 0.95, Tensors.of(Device.CPU, new int[] {3, 80}, 2), 11, 4);
        var chosen = Sampler.sample(Columns.of(logits), choice, conversations, conversations);
        assertThat(chosen.tokens()).isEqualTo(Sampler.sample(Columns.of(logits), choice, conversations, conversations).tokens());
        Vocabulary.logprobs(again, null, null, Columns.of(hidden), Tensors.of(Device.CPU, chosen.tokens(), rows),
                new Vocabulary.Head(head, null, 0.7));
        assertThat(again.toFloats()).isEqualTo(chosen.logprobs());
    }

    @Test
    void adamwIsAtens() {
        Tensor values = normal(101), gradient = normal(101), same = Tensors.of(Device.CPU, values.toFloats(), 101);
        Tensor first = Tensors.zeros(Device.CPU, DType.FLOAT32, 101), second = Tensors.zeros(Device.CPU, DType.FLOAT32, 101);
        var settings = new AdamW.Settings(0.9, 0.95, 1e-8, 0.1);
        AdamW reference = new AdamW(same, settings);
        for (int step = 1; step <= 5; step++) {
            reference.resumeAfter(step);
            reference.aten(gradient, 1e-2, 1);
            Training.adamw(values, gradient, first, second, settings, 1e-2, 1, step);
        }
        assertClose(values, same, 1e-6);
        assertClose(first, reference.firstMoment(), 1e-6);
        assertThat(Training.squaredNorms(gradient, 101)[0]).isCloseTo(Ops.dot(gradient, gradient).item(), within(1e-3));
    }

    @Test
    void weightGradientIsAProduct() {
        Tensor dy = normal(70, 8), x = normal(70, 50), dw = empty(8, 50);
        Products.weightGradient(Columns.of(dw), Columns.of(dy), Columns.of(x), 0.5, false);
        assertClose(dw, Ops.multiply(Ops.matmul(Ops.transpose(dy, 0, 1), x), 0.5), 1e-4);
    }

    @Test
    void wrongArgumentsAreNamed() {
        Tensor x = normal(3, 8), weight = normal(4, 8);
        PackedWeight packed = PackedWeight.of(weight, DType.FLOAT32);
        assertThatThrownBy(() -> Products.linear(normal(3, 7), packed, null))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("x is not [3, 8] in FLOAT32[3, 7]");
        assertThatThrownBy(() -> Products.linear(Ops.to(x, DType.BFLOAT16), packed, null))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("BFLOAT16[3, 8] is not float32");
        assertThatThrownBy(() -> new Columns(x, 5, 4)).hasMessageContaining("columns 5 to 9 do not lie in FLOAT32[3, 8]");
        assertThatThrownBy(() -> {
            Layers.rotary(Columns.of(x), weight, weight, Tensors.of(Device.CPU, new int[] {0, 4, 1}, 3), false);
            x.toFloats(); // on a GPU it is found meanwhile
        }).hasMessageContaining("positions[1] is 4, not in 0 to 3");
    }

    /** What autograd makes of {@code dy}, the gradient of {@code output}'s result. */
    private static Tensor gradientOf(Tensor input, Tensor dy, Supplier<Tensor> output) {
        Tensor gradient = Tensors.zeros(Device.CPU, DType.FLOAT32, input.shape());
        Autograd.leaf(input, gradient);
        Autograd.backward(Ops.sum(Ops.multiply(output.get(), dy)), input);
        return gradient;
    }

    private Tensor normal(long... shape) {
        float[] values = new float[(int) Tensor.elements(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensors.of(Device.CPU, values, shape);
    }

    private static Tensor empty(long... shape) {
        return Tensors.empty(Device.CPU, DType.FLOAT32, shape);
    }

    private static void assertClose(Tensor actual, Tensor expected, double bound) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        float[] a = actual.toFloats(), e = expected.toFloats();
        for (int i = 0; i < e.length; i++) {
            assertThat(a[i]).isCloseTo(e[i], within((float) bound));
        }
    }
}
