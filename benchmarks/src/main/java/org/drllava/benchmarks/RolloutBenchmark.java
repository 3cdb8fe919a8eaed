package org.drllava.benchmarks;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.drllava.model.LoraAdapter;
import org.drllava.model.Network;
import org.drllava.model.Trainable;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.rollout.RolloutEngine;
import org.drllava.rollout.Sampling;
import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Whole conversations of the production engine on one core, on the project's kernels and on ATen's operators: rollouts a second,
 * and the tokens a second that they sample. Each answer has 24 tokens. Laying the weights out for the kernels, once an iteration
 * of training, is not in it.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RolloutBenchmark extends TensorBenchmark {
    /** Conversations side by side. */
    @Param({"8", "16", "32", "64", "128"})
    private int batch;

    @Param({"1", "5"})
    private int turns;

    @Param({"FLOAT32", "BFLOAT16"})
    private DType dtype;

    private Network network;
    private Network packed;
    private List<Dialogue> dialogues;
    private Tensor images;
    private int[] pictures; // a different one for each dialogue

    /** Read by JMH. */
    @AuxCounters
    @State(Scope.Thread)
    public static class Sampled {
        public long tokens;
    }

    @Override
    void prepare() {
        SmallModel small = SmallModel.make(dtype);
        network = Trainable.Lora.fresh(small.model(), new LoraAdapter.Settings(16, 32), 7).frozen();
        packed = network.packed();
        dialogues = IntStream.range(0, batch).mapToObj(number -> small.dialogue(number, turns)).toList();
        pictures = IntStream.range(0, batch).toArray();
        images = small.model().project(Ops.to(normal(SmallModel.features(batch)), dtype));
    }

    @Benchmark
    public void kernel(Sampled sampled) {
        play(packed, sampled);
    }

    @Benchmark
    public void aten(Sampled sampled) {
        play(network, sampled);
    }

    private void play(Network policy, Sampled sampled) {
        Sampling sampling = Sampling.temperature(1, Set.of(SmallModel.END, policy.model().config().imageTokenId()));
        RolloutEngine engine = new RolloutEngine(policy.model(), policy.adapter(), sampling, SmallModel.END, SmallModel.ANSWER);
        sampled.tokens += engine.run(dialogues, images, pictures, 7, 1).stream().mapToInt(Episode::answerTokens).sum();
    }
}
