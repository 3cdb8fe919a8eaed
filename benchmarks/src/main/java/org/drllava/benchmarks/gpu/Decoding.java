package org.drllava.benchmarks.gpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.drllava.model.DecodeStep;
import org.drllava.model.LlavaConfig;
import org.drllava.model.LlavaModel;
import org.drllava.model.ModelShapes;
import org.drllava.model.Network;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenCache;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Sampler;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/** The trainer's decode step in bfloat16 on some layers of a large model, its conversations as long as they get. */
final class Decoding {
    private static final int REPEATS = 50;
    private static final int BLOCK = 1 << 22; // random numbers, again and again, as those for a whole model would take minutes

    private final LlavaModel model;
    private final Sizes sizes;
    private final TokenCache cache;
    private final Sampler.Choice choice;
    private final long[] conversations;
    private final int[] fed;

    /** @param results tokens and log-probabilities */
    record Run(List<double[]> results, double microseconds) {}

    /** It belongs to the innermost scope. */
    Decoding(Device device, Sizes sizes, int layers) {
        this.sizes = sizes;
        var vision = new LlavaConfig.Vision(32, 32, 1, 1, 28, 14, 1e-5, LlavaConfig.Activation.QUICK_GELU);
        var text = new LlavaConfig.Text(sizes.hidden(), sizes.feedForward(), layers, sizes.heads(), sizes.kvHeads(), sizes.head(),
                sizes.vocabulary(), 1e-5, 10_000, false, 2 * sizes.context());
        var config = new LlavaConfig(vision, LlavaConfig.Projector.MLP, text, sizes.vocabulary() - 1, -2, true);
        Map<String, Tensor> weights = weights(device, config);
        model = Network.base(new LlavaModel(config, weights::get, device)).packed().model();
        cache = model.newCache(sizes.sequences(), sizes.context() + 1);
        choice = new Sampler.Choice(1, 0, 0.95, null, 1, 1);
        conversations = LongStream.range(0, sizes.sequences()).toArray();
        fed = new SplittableRandom(3).ints(sizes.sequences(), 0, sizes.vocabulary()).toArray();
        fill();
    }

    private static Map<String, Tensor> weights(Device device, LlavaConfig config) {
        Tensor block = Tensors.of(device, Problems.numbers(new SplittableRandom(11), BLOCK), BLOCK);
        Map<String, Tensor> weights = new HashMap<>();
        ModelShapes.of(config).forEach((name, shape) -> weights.put(name, TensorScope.scoped(() -> {
            long count = LongStream.of(shape).reduce(1, (a, b) -> a * b);
            long blocks = (count + BLOCK - 1) / BLOCK;
            Tensor flat = Ops.slice(Ops.reshape(Ops.expand(block, blocks, BLOCK), blocks * BLOCK), 0, 0, count);
            double deviation = shape.length == 1 ? 1 : 1 / Math.sqrt(shape[1]);
            return Ops.to(Ops.multiply(Ops.reshape(flat, shape), deviation), DType.BFLOAT16);
        })));
        return weights;
    }

    private void fill() {
        SplittableRandom random = new SplittableRandom(4);
        List<int[]> sequences = IntStream.range(0, sizes.sequences())
                .mapToObj(_ -> random.ints(sizes.context() - 1, 0, sizes.vocabulary() - 1).toArray()).toList();
        try (TensorScope scope = TensorScope.open()) {
            model.advance(cache, TokenBatch.of(sequences), null, null);
        }
    }

    double bytesOfWeights() {
        double layer = (double) sizes.hidden() * ((2.0 * sizes.heads() + 2 * sizes.kvHeads()) * sizes.head() + 3.0 * sizes.feedForward());
        return 2 * (model.config().text().layers() * layer + (double) sizes.hidden() * sizes.vocabulary());
    }

    /** The first run of a step. */
    Run callByCall() {
        return run(0, 1);
    }

    /** The mean of many that are replayed. @throws IllegalStateException when they are not */
    Run asGraph() {
        return run(2, REPEATS);
    }

    private Run run(int before, int count) {
        try (TensorScope scope = TensorScope.open(); DecodeStep step = model.decodeStep(cache, choice, conversations)) {
            for (int i = 0; i < before; i++) {
                once(step);
            }
            List<Sampler.Chosen> all = new ArrayList<>();
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                all.add(once(step));
            }
            double microseconds = (System.nanoTime() - start) / 1e3 / count;
            if (before > 0 && !step.recorded()) {
                throw new IllegalStateException("the decode step was not recorded as a CUDA graph");
            }
            double[] logprobs = IntStream.range(0, fed.length).mapToDouble(i -> all.getLast().logprobs()[i]).toArray();
            return new Run(List.of(LongStream.of(all.getLast().tokens()).asDoubleStream().toArray(), logprobs), microseconds);
        }
    }

    /** The same token each time. */
    private Sampler.Chosen once(DecodeStep step) {
        Sampler.Chosen chosen = step.run(fed);
        for (int row = 0; row < fed.length; row++) {
            cache.rewind(row, sizes.context() - 1);
        }
        return chosen;
    }
}
