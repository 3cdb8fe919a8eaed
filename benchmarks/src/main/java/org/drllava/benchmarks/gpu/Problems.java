package org.drllava.benchmarks.gpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.drllava.bindings.kernels.AttentionKernels;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.LayerKernels;
import org.drllava.bindings.kernels.LinearKernels;
import org.drllava.bindings.kernels.LinearKernels.Layout;
import org.drllava.bindings.kernels.LinearKernels.Precision;
import org.drllava.bindings.kernels.Matrix;
import org.drllava.bindings.kernels.RowKernels;
import org.drllava.bindings.kernels.TrainingKernels;
import org.drllava.bindings.kernels.VocabularyKernels;

/** The same problem for each library: all numbers come from one seed. */
final class Problems {
    private static final long SEED = 7;
    private static final int FLOAT = Float.BYTES;

    private final KernelLibrary on;
    private final Memory memory;
    private final Sizes sizes;
    private final SplittableRandom random = new SplittableRandom(SEED);

    Problems(KernelLibrary on, Memory memory, Sizes sizes) {
        this.on = on;
        this.memory = memory;
        this.sizes = sizes;
    }

    /** Every kernel by its name in the header. */
    static Map<String, Function<Problems, Work>> all() {
        var all = new LinkedHashMap<String, Function<Problems, Work>>();
        all.put("dl_embedding", Problems::embedding);
        all.put("dl_round_bfloat16", Problems::roundBfloat16);
        all.put("dl_rms_norm", Problems::rmsNorm);
        all.put("dl_rms_norm_backward", Problems::rmsNormBackward);
        all.put("dl_rotary", Problems::rotary);
        all.put("dl_round", Problems::round);
        all.put("dl_swiglu", Problems::swiglu);
        all.put("dl_swiglu_backward", Problems::swigluBackward);
        all.put("dl_kv_append", Problems::append);
        all.put("dl_kv_copy", Problems::copy);
        all.put("dl_attention_cached", Problems::attentionCached);
        all.put("dl_attention", Problems::attention);
        all.put("dl_attention_backward", Problems::attentionBackward);
        all.put("dl_linear_packed, 1 row", p -> p.linear(1, Precision.F32));
        all.put("dl_linear_packed", p -> p.linear(p.sizes.sequences(), Precision.F32));
        all.put("dl_linear_packed, bfloat16", p -> p.linear(p.sizes.sequences(), Precision.BF16));
        all.put("dl_linear_lora", Problems::linearLora);
        all.put("dl_weight_gradient", Problems::weightGradient);
        all.put("dl_token_logprobs", p -> p.logprobs(false));
        all.put("dl_token_logprobs, gradients", p -> p.logprobs(true));
        all.put("dl_logit_logprobs", Problems::logitLogprobs);
        all.put("dl_sample_tokens", p -> p.sample(0, 1));
        all.put("dl_sample_tokens, top-k and top-p", p -> p.sample(50, 0.9));
        all.put("dl_policy_loss", Problems::policyLoss);
        all.put("dl_value_loss", Problems::valueLoss);
        all.put("dl_advantages", Problems::advantages);
        all.put("dl_whiten", Problems::whiten);
        all.put("dl_squared_norm", Problems::squaredNorm);
        all.put("dl_adamw", Problems::adamw);
        return all;
    }

    private Work embedding() {
        int rows = sizes.rows(), n = sizes.hidden(), count = sizes.vocabulary();
        MemorySegment table = memory.floats(((long) count * n + 1) / 2), ids = memory.put(random.longs(rows, 0, count).toArray());
        RowKernels.roundBfloat16(on, table, numbers(count, n), count, n);
        Matrix y = zeros(rows, n);
        return new Work(() -> RowKernels.embedding(on, y, table, Precision.BF16, count, ids, rows, n), List.of(result("y", y, 0)),
                1.5 * FLOAT * rows * n, 0);
    }

    private Work roundBfloat16() {
        int rows = sizes.rows(), n = sizes.feedForward();
        Matrix x = numbers(rows, n);
        MemorySegment y = memory.floats(((long) rows * n + 1) / 2);
        return new Work(() -> RowKernels.roundBfloat16(on, y, x, rows, n), List.of(result("y", y, 0)), 1.5 * FLOAT * rows * n, 0);
    }

    private Work rmsNorm() {
        int rows = sizes.rows(), n = sizes.hidden();
        Matrix x = numbers(rows, n), y = zeros(rows, n);
        MemorySegment weight = numbers(n), inverse = memory.floats(rows);
        return new Work(() -> LayerKernels.rmsNorm(on, y, x, weight, 1e-5f, inverse, rows, n),
                List.of(result("y", y, 1e-5), result("inverse", inverse, 1e-5)), 2.0 * FLOAT * rows * n, 0);
    }

    private Work rmsNormBackward() {
        int rows = sizes.rows(), n = sizes.hidden();
        Matrix x = numbers(rows, n), dy = numbers(rows, n), dx = zeros(rows, n), residual = numbers(rows, n);
        MemorySegment weight = numbers(n), inverse = memory.put(filled(rows, 0.9f));
        return new Work(() -> LayerKernels.rmsNormBackward(on, dx, dy, x, weight, inverse, residual, rows, n),
                List.of(result("dx", dx, 1e-5)), 4.0 * FLOAT * rows * n, 0);
    }

    private Work rotary() {
        int rows = sizes.rows(), heads = sizes.heads(), head = sizes.head();
        Matrix x = numbers(rows, heads * head);
        float[] cosines = new float[sizes.context() * head], sines = new float[cosines.length];
        for (int i = 0; i < cosines.length; i++) {
            double angle = i / head * Math.pow(10_000, -2.0 * (i % (head / 2)) / head);
            cosines[i] = (float) Math.cos(angle);
            sines[i] = (float) (i % head < head / 2 ? -Math.sin(angle) : Math.sin(angle));
        }
        MemorySegment c = memory.put(cosines), s = memory.put(sines);
        MemorySegment positions = memory.put(LongStream.range(0, rows).map(r -> r % sizes.context()).toArray());
        return new Work(() -> LayerKernels.rotary(on, x, c, s, sizes.context(), positions, false, rows, heads, head),
                List.of(result("x", x, 1e-5)), 2.0 * FLOAT * rows * heads * head, 0);
    }

    private Work round() {
        int rows = sizes.rows(), n = sizes.hidden();
        Matrix x = numbers(rows, n);
        return new Work(() -> LayerKernels.round(on, x, rows, n), List.of(result("x", x, 0)), 2.0 * FLOAT * rows * n, 0);
    }

    private Work swiglu() {
        int rows = sizes.rows(), n = sizes.feedForward();
        Matrix gate = numbers(rows, n), up = numbers(rows, n), y = zeros(rows, n);
        return new Work(() -> LayerKernels.swiglu(on, y, gate, up, rows, n), List.of(result("y", y, 1e-6)), 3.0 * FLOAT * rows * n, 0);
    }

    private Work swigluBackward() {
        int rows = sizes.rows(), n = sizes.feedForward();
        Matrix gate = numbers(rows, n), up = numbers(rows, n), dy = numbers(rows, n), dgate = zeros(rows, n), dup = zeros(rows, n);
        return new Work(() -> LayerKernels.swigluBackward(on, dgate, dup, Matrix.NONE, dy, gate, up, rows, n),
                List.of(result("dgate", dgate, 1e-6), result("dup", dup, 1e-6)), 5.0 * FLOAT * rows * n, 0);
    }

    /** A cache full of tokens, and a query for each sequence's last. */
    private final class Cache {
        final int sequences = sizes.sequences(), context = sizes.context(), width = sizes.heads() * sizes.head();
        final AttentionKernels.CacheShape shape = new AttentionKernels.CacheShape(sequences + 1, context, sizes.kvHeads(), sizes.head(), Precision.F32);
        final MemorySegment data = memory.floats(AttentionKernels.cacheFloats(on, shape));
        final Matrix q = numbers(sequences, width), out = zeros(sequences, width);
        final Matrix keys = numbers(sequences * context, sizes.kvHeads() * sizes.head());
        final Matrix values = numbers(sequences * context, sizes.kvHeads() * sizes.head());
        final MemorySegment rowSequences = memory.put(LongStream.range(0, (long) sequences * context).map(r -> r / context).toArray());
        final MemorySegment rowPositions = memory.put(LongStream.range(0, (long) sequences * context).map(r -> r % context).toArray());
        final MemorySegment last = memory.put(LongStream.range(0, sequences).map(_ -> context - 1).toArray());
        final double bytes = 2.0 * FLOAT * sequences * context * sizes.kvHeads() * sizes.head();

        void fill() {
            AttentionKernels.append(on, shape, data, keys, values, rowSequences, rowPositions, (long) sequences * context);
        }

        void attend(MemorySegment of) {
            AttentionKernels.attendCached(on, out, q, shape, data, of, last, sequences, sizes.heads(), scale());
        }
    }

    private Work append() {
        var cache = new Cache();
        MemorySegment all = memory.put(LongStream.range(0, sizes.sequences()).toArray());
        return new Work(cache::fill, () -> cache.attend(all), List.of(result("attention", cache.out, 1e-5)), 2 * cache.bytes, 0);
    }

    private Work copy() {
        var cache = new Cache();
        cache.fill();
        MemorySegment copies = memory.put(LongStream.range(0, sizes.sequences()).map(_ -> sizes.sequences()).toArray());
        return new Work(() -> AttentionKernels.copy(on, cache.shape, cache.data, 0, sizes.sequences(), sizes.context()), () -> cache.attend(copies),
                List.of(result("attention", cache.out, 1e-5)), 2 * cache.bytes / sizes.sequences(), 0);
    }

    private Work attentionCached() {
        var cache = new Cache();
        cache.fill();
        MemorySegment all = memory.put(LongStream.range(0, sizes.sequences()).toArray());
        return new Work(() -> cache.attend(all), List.of(result("out", cache.out, 1e-5)), cache.bytes,
                2.0 * sizes.sequences() * sizes.context() * sizes.heads() * sizes.head());
    }

    /** Packed sequences. */
    private final class Packed {
        final int rows = sizes.rows(), width = sizes.heads() * sizes.head(), kvWidth = sizes.kvHeads() * sizes.head();
        final Matrix q = numbers(rows, width), keys = numbers(rows, kvWidth), values = numbers(rows, kvWidth), out = zeros(rows, width);
        final MemorySegment logsumexp = memory.floats((long) rows * sizes.heads());
        final AttentionKernels.Shape shape = new AttentionKernels.Shape(rows / sizes.context(), offsets(), MemorySegment.NULL, MemorySegment.NULL,
                sizes.heads(), sizes.kvHeads(), sizes.head(), scale());
        final double bytes = 2.0 * FLOAT * rows * (width + kvWidth), products = (double) rows * sizes.context() * width;

        void attend() {
            AttentionKernels.attend(on, out, logsumexp, q, keys, values, shape);
        }
    }

    private Work attention() {
        var packed = new Packed();
        return new Work(packed::attend, List.of(result("out", packed.out, 1e-5), result("logsumexp", packed.logsumexp, 1e-5)), packed.bytes,
                packed.products);
    }

    private Work attentionBackward() {
        var packed = new Packed();
        packed.attend();
        Matrix dout = numbers(packed.rows, packed.width), dq = zeros(packed.rows, packed.width);
        Matrix dkeys = zeros(packed.rows, packed.kvWidth), dvalues = zeros(packed.rows, packed.kvWidth);
        return new Work(() -> AttentionKernels.attendBackward(on, dq, dkeys, dvalues, dout, packed.out, packed.logsumexp, packed.q, packed.keys,
                        packed.values, packed.shape),
                List.of(result("dq", dq, 1e-4), result("dkeys", dkeys, 1e-4), result("dvalues", dvalues, 1e-4)), 2 * packed.bytes,
                2.5 * packed.products);
    }

    private Work linear(int rows, Precision precision) {
        int in = sizes.hidden(), out = sizes.feedForward();
        Matrix x = numbers(rows, in), y = zeros(rows, out);
        MemorySegment packed = packed(weight(out, in), out, in, Layout.NT, precision);
        return new Work(() -> LinearKernels.linear(on, y, x, packed, Matrix.NONE, 1, rows, in, out), List.of(result("y", y, 1e-4)),
                (precision == Precision.F32 ? 4.0 : 2.0) * in * out, (double) rows * in * out);
    }

    private Work linearLora() {
        int rows = sizes.sequences(), in = sizes.hidden(), out = sizes.hidden(), rank = sizes.rank();
        Matrix x = numbers(rows, in), low = numbers(rows, 2 * rank), residual = numbers(rows, out), y = zeros(rows, out);
        MemorySegment packed = packed(weight(out, in), out, in, Layout.NT, Precision.F32);
        MemorySegment b = packed(weight(out, rank), out, rank, Layout.NT, Precision.F32);
        MemorySegment ends = memory.put(out / 2L, (long) out);
        return new Work(() -> LinearKernels.linearLora(on, y, x, packed, low, b, ends, residual, rows, in, out, rank), List.of(result("y", y, 1e-4)),
                (double) FLOAT * out * (in + rank), (double) rows * out * (in + rank));
    }

    private Work weightGradient() {
        int rows = sizes.rows(), out = sizes.rank(), in = sizes.hidden();
        Matrix dy = numbers(rows, out), x = numbers(rows, in), dw = zeros(out, in);
        return new Work(() -> TrainingKernels.weightGradient(on, dw, dy, x, 0.01f, false, rows, out, in), List.of(result("dw", dw, 1e-4)),
                (double) FLOAT * rows * (in + out), (double) rows * in * out);
    }

    private Work logprobs(boolean withGradients) {
        int rows = sizes.sequences(), in = sizes.hidden(), vocabulary = sizes.vocabulary();
        Matrix hidden = numbers(rows, in), gradients = withGradients ? zeros(rows, in) : Matrix.NONE;
        Matrix weight = weight(vocabulary, in);
        MemorySegment packed = packed(weight, vocabulary, in, Layout.NT, Precision.F32);
        MemorySegment transposed = withGradients ? packed(weight, vocabulary, in, Layout.NN, Precision.F32) : MemorySegment.NULL;
        MemorySegment targets = memory.put(random.longs(rows, 3, vocabulary).toArray()), suppressed = memory.put(0, 2);
        MemorySegment logprobs = memory.floats(rows), entropies = memory.floats(rows);
        var head = new VocabularyKernels.Head(packed, transposed, in, vocabulary, suppressed, 0.9f);
        List<Work.Result> results = List.of(result("logprobs", logprobs, 1e-4), result("entropies", entropies, 1e-4));
        return new Work(() -> VocabularyKernels.logprobs(on, logprobs, entropies, gradients, hidden, targets, rows, head),
                withGradients ? List.of(results.get(0), results.get(1), result("gradients", gradients, 1e-4)) : results,
                (double) FLOAT * in * vocabulary, (withGradients ? 2.0 : 1.0) * rows * in * vocabulary);
    }

    private Work logitLogprobs() {
        int rows = sizes.rows() / 8, vocabulary = sizes.vocabulary();
        Matrix logits = numbers(rows, vocabulary);
        MemorySegment targets = memory.put(random.longs(rows, 0, vocabulary).toArray());
        MemorySegment logprobs = memory.floats(rows), entropies = memory.floats(rows);
        return new Work(() -> VocabularyKernels.logitLogprobs(on, logprobs, entropies, logits, targets, 0.9f, true, rows, vocabulary),
                List.of(result("logprobs", logprobs, 1e-4), result("entropies", entropies, 1e-4), result("slopes", logits, 1e-6)),
                3.0 * FLOAT * rows * vocabulary, 0);
    }

    private Work sample(int topK, double topP) {
        int rows = sizes.sequences(), vocabulary = sizes.vocabulary();
        Matrix logits = numbers(rows, vocabulary);
        MemorySegment tokens = memory.put(new long[rows]), logprobs = memory.floats(rows), suppressed = memory.put(0, 2);
        MemorySegment conversations = memory.put(LongStream.range(0, rows).toArray());
        MemorySegment positions = memory.put(LongStream.range(5, 5 + rows).toArray());
        var sampling = new VocabularyKernels.Sampling(0.8, topK, topP, suppressed, SEED, 1);
        return new Work(() -> VocabularyKernels.sample(on, tokens, logprobs, MemorySegment.NULL, logits, sampling, conversations, positions, rows,
                        vocabulary),
                List.of(new Work.Result("tokens", () -> memory.longs(tokens), 0), result("logprobs", logprobs, 1e-4)),
                (double) FLOAT * rows * vocabulary, 0);
    }

    private Work policyLoss() {
        int n = sizes.rows();
        MemorySegment logprobs = numbers(n), old = numbers(n), advantages = numbers(n), gradient = memory.floats(n);
        double[] loss = new double[1];
        return new Work(() -> loss[0] = TrainingKernels.policyLoss(on, gradient, logprobs, old, advantages, 0.2, n, n),
                List.of(new Work.Result("loss", () -> loss, 1e-9), result("gradient", gradient, 1e-6)), 4.0 * FLOAT * n, 0);
    }

    private Work valueLoss() {
        int n = sizes.rows();
        MemorySegment values = numbers(n), old = numbers(n), returns = numbers(n), gradient = memory.floats(n);
        double[] loss = new double[1];
        return new Work(() -> loss[0] = TrainingKernels.valueLoss(on, gradient, values, old, returns, 0.2, n, n),
                List.of(new Work.Result("loss", () -> loss, 1e-9), result("gradient", gradient, 1e-6)), 4.0 * FLOAT * n, 0);
    }

    private Work advantages() {
        int n = sizes.rows(), conversations = n / sizes.context();
        MemorySegment rewards = numbers(n), values = numbers(n), advantages = memory.floats(n), returns = memory.floats(n);
        MemorySegment discounts = memory.put(IntStream.range(0, n).mapToDouble(_ -> 0.99).toArray());
        MemorySegment offsets = offsets();
        return new Work(() -> TrainingKernels.advantages(on, advantages, returns, rewards, values, discounts, 0.95, offsets, conversations),
                List.of(result("advantages", advantages, 1e-6), result("returns", returns, 1e-6)), 24.0 * n, 0);
    }

    private Work whiten() {
        int n = sizes.rows();
        MemorySegment x = numbers(n);
        return new Work(() -> TrainingKernels.whiten(on, x, true, n), List.of(result("x", x, 1e-6)), 2.0 * FLOAT * n, 0);
    }

    private Work squaredNorm() {
        int n = sizes.hidden() * sizes.feedForward();
        MemorySegment x = numbers(n);
        double[] sum = new double[1];
        return new Work(() -> sum[0] = TrainingKernels.squaredNorm(on, x, n), List.of(new Work.Result("sum", () -> sum, 2e-6)),
                (double) FLOAT * n, 0);
    }

    private Work adamw() {
        int n = sizes.hidden() * sizes.feedForward() / 4;
        MemorySegment parameters = numbers(n), gradient = numbers(n), first = numbers(n), second = memory.put(filled(n, 0.5f));
        var settings = new TrainingKernels.AdamW(1e-4, 0.9, 0.999, 1e-8, 0.01, 0.5, 3);
        return new Work(() -> TrainingKernels.adamw(on, parameters, gradient, first, second, settings, n),
                List.of(result("parameters", parameters, 1e-6), result("first", first, 1e-6), result("second", second, 1e-6)), 7.0 * FLOAT * n, 0);
    }

    // Arrays -----------------------------------------------------------------------------------------------------------

    /** Of sequences of the same length. */
    private MemorySegment offsets() {
        return memory.put(IntStream.rangeClosed(0, sizes.rows() / sizes.context()).mapToLong(s -> (long) s * sizes.context()).toArray());
    }

    private float scale() {
        return (float) (1 / Math.sqrt(sizes.head()));
    }

    private MemorySegment numbers(int count) {
        return memory.put(numbers(random, count));
    }

    static float[] numbers(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) number(random);
        }
        return values;
    }

    private Matrix numbers(int rows, int n) {
        return new Matrix(numbers(Math.multiplyExact(rows, n)), n);
    }

    private Matrix zeros(int rows, int n) {
        return new Matrix(memory.floats((long) rows * n), n);
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    /** Of mean 0 and variance 1; even, as normal ones would take longer to make than all the rest. */
    static double number(SplittableRandom random) {
        return (random.nextDouble() - 0.5) * Math.sqrt(12);
    }

    /** Its products with such numbers have variance 1. */
    private Matrix weight(int rows, int columns) {
        float[] values = new float[Math.multiplyExact(rows, columns)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (number(random) / Math.sqrt(columns));
        }
        return new Matrix(memory.put(values), columns);
    }

    private MemorySegment packed(Matrix weight, int rows, int columns, Layout layout, Precision precision) {
        MemorySegment packed = memory.floats(LinearKernels.packedFloats(on, rows, columns, layout, precision));
        LinearKernels.pack(on, weight, rows, columns, layout, precision, packed);
        return packed;
    }

    private Work.Result result(String name, MemorySegment values, double bound) {
        return new Work.Result(name, () -> memory.floats(values), bound);
    }

    private Work.Result result(String name, Matrix matrix, double bound) {
        return result(name, matrix.data(), bound);
    }
}
