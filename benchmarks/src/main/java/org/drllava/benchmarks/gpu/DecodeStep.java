package org.drllava.benchmarks.gpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.drllava.bindings.kernels.AttentionKernels;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.LayerKernels;
import org.drllava.bindings.kernels.LinearKernels;
import org.drllava.bindings.kernels.LinearKernels.Layout;
import org.drllava.bindings.kernels.LinearKernels.Precision;
import org.drllava.bindings.kernels.Matrix;
import org.drllava.bindings.kernels.VocabularyKernels;

/**
 * One step of a rollout: a token of each conversation goes through decoder layers, is added to their caches, and the next is
 * sampled. All memory is there before; nothing in a step allocates or waits, so that it can be captured into a graph.
 */
final class DecodeStep {
    private static final float EPSILON = 1e-5f;

    private final KernelLibrary on;
    private final Memory memory;
    private final Sizes sizes;
    private final SplittableRandom random = new SplittableRandom(11);
    private final List<Layer> layers;
    private final AttentionKernels.CacheShape cacheShape;
    private final MemorySegment inputs;
    private final Matrix hidden, normed, joined, attended, gates;
    private final Matrix logits;
    private final MemorySegment norm, head, cosines, sines, sequences, positions, tokens, logprobs;

    /** @param joined query, key and value weights in one; @param gates gate's and up's */
    private record Layer(MemorySegment norm, MemorySegment joined, MemorySegment out, MemorySegment norm2, MemorySegment gates, MemorySegment down,
            MemorySegment cache) {}

    DecodeStep(KernelLibrary on, Memory memory, Sizes sizes, int count) {
        this.on = on;
        this.memory = memory;
        this.sizes = sizes;
        int rows = sizes.sequences(), n = sizes.hidden(), width = sizes.heads() * sizes.head(), kvWidth = sizes.kvHeads() * sizes.head();
        cacheShape = new AttentionKernels.CacheShape(rows, sizes.context(), sizes.kvHeads(), sizes.head(), Precision.F32);
        layers = Stream.generate(() -> new Layer(ones(n), packed(width + 2 * kvWidth, n), packed(n, width), ones(n),
                        packed(2 * sizes.feedForward(), n), packed(n, sizes.feedForward()),
                        memory.floats(AttentionKernels.cacheFloats(on, cacheShape))))
                .limit(count).toList();
        inputs = numbers(rows * n, 1);
        hidden = zeros(rows, n);
        normed = zeros(rows, n);
        joined = zeros(rows, width + 2 * kvWidth);
        attended = zeros(rows, width);
        gates = zeros(rows, 2 * sizes.feedForward());
        logits = zeros(rows, sizes.vocabulary());
        norm = ones(n);
        head = packed(sizes.vocabulary(), n);
        cosines = numbers(sizes.context() * sizes.head(), 1);
        sines = numbers(sizes.context() * sizes.head(), 1);
        sequences = memory.put(LongStream.range(0, rows).toArray());
        positions = memory.put(LongStream.range(0, rows).map(_ -> sizes.context() - 1).toArray());
        tokens = memory.put(new long[rows]);
        logprobs = memory.floats(rows);
    }

    /** Puts the step on its way. */
    void run() {
        int rows = sizes.sequences(), n = sizes.hidden();
        begin();
        layers.forEach(this::run);
        LayerKernels.rmsNorm(on, normed, hidden, norm, EPSILON, MemorySegment.NULL, rows, n);
        LinearKernels.linear(on, logits, normed, head, Matrix.NONE, 1, rows, n, sizes.vocabulary());
        VocabularyKernels.sample(on, tokens, logprobs, MemorySegment.NULL, logits,
                new VocabularyKernels.Sampling(1, 0, 0.95, MemorySegment.NULL, 1, 1), sequences, positions, rows, sizes.vocabulary());
    }

    /** The tokens and log-probabilities of the last step, all its work being done. */
    List<double[]> results() {
        return List.of(memory.longs(tokens), memory.floats(logprobs));
    }

    double bytesOfWeights() {
        double layer = (double) sizes.hidden() * ((2.0 * sizes.heads() + 2 * sizes.kvHeads()) * sizes.head() + 3.0 * sizes.feedForward());
        return 2 * (layers.size() * layer + (double) sizes.hidden() * sizes.vocabulary());
    }

    /** With the same numbers, however often the step is run. */
    private void begin() {
        int rows = sizes.sequences(), n = sizes.hidden();
        LayerKernels.rmsNorm(on, hidden, new Matrix(inputs, n), norm, EPSILON, MemorySegment.NULL, rows, n);
    }

    private void run(Layer layer) {
        int rows = sizes.sequences(), n = sizes.hidden(), head = sizes.head(), width = sizes.heads() * head, kvWidth = sizes.kvHeads() * head;
        LayerKernels.rmsNorm(on, normed, hidden, layer.norm(), EPSILON, MemorySegment.NULL, rows, n);
        LinearKernels.linear(on, joined, normed, layer.joined(), Matrix.NONE, 1, rows, n, width + 2 * kvWidth);
        LayerKernels.rotary(on, joined, cosines, sines, sizes.context(), positions, false, rows, sizes.heads() + sizes.kvHeads(), head);
        AttentionKernels.append(on, cacheShape, layer.cache(), from(joined, width), from(joined, width + kvWidth), sequences, positions, rows);
        AttentionKernels.attendCached(on, attended, joined, cacheShape, layer.cache(), sequences, positions, rows, sizes.heads(),
                (float) (1 / Math.sqrt(head)));
        LinearKernels.linear(on, hidden, attended, layer.out(), hidden, 1, rows, width, n);
        LayerKernels.rmsNorm(on, normed, hidden, layer.norm2(), EPSILON, MemorySegment.NULL, rows, n);
        LinearKernels.linear(on, gates, normed, layer.gates(), Matrix.NONE, 1, rows, n, 2L * sizes.feedForward());
        LayerKernels.swiglu(on, gates, gates, from(gates, sizes.feedForward()), rows, sizes.feedForward());
        LinearKernels.linear(on, hidden, gates, layer.down(), hidden, 1, rows, sizes.feedForward(), n);
    }

    private static Matrix from(Matrix matrix, long column) {
        return new Matrix(matrix.data().asSlice(column * Float.BYTES), matrix.ld());
    }

    private MemorySegment ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return memory.put(ones);
    }

    private MemorySegment numbers(int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * Problems.number(random));
        }
        return memory.put(values);
    }

    private Matrix zeros(int rows, int n) {
        return new Matrix(memory.floats((long) rows * n), n);
    }

    /** In bfloat16, as a rollout would have it. */
    private MemorySegment packed(int rows, int columns) {
        MemorySegment packed = memory.floats(LinearKernels.packedFloats(on, rows, columns, Layout.NT, Precision.BF16));
        Matrix weight = new Matrix(numbers(Math.multiplyExact(rows, columns), 1 / Math.sqrt(columns)), columns);
        LinearKernels.pack(on, weight, rows, columns, Layout.NT, Precision.BF16, packed);
        return packed;
    }
}
