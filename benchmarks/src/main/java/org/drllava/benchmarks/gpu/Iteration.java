package org.drllava.benchmarks.gpu;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.drllava.benchmarks.SmallModel;
import org.drllava.model.AnswerRows;
import org.drllava.model.LlavaModel;
import org.drllava.model.LoraAdapter;
import org.drllava.model.Network;
import org.drllava.model.Passes;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenScores;
import org.drllava.model.Trainable;
import org.drllava.ppo.PpoLosses;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.rollout.RolloutEngine;
import org.drllava.rollout.Sampling;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Device;
import org.drllava.tensor.Loss;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * What costs time in a PPO iteration, by the trainer's own classes on one device. All numbers come from one seed, so that devices
 * can be compared.
 */
final class Iteration {
    private static final int TURNS = 2;
    private static final double CLIP = 0.2;

    private final LlavaModel model;
    private final Trainable.Lora policy;
    private final Network packed;
    private final List<Dialogue> dialogues;
    private final Tensor features;

    /** A result, and how long it took by the host's clock. */
    record Timed<T>(T value, double microseconds) {}

    static <T> Timed<T> timed(Supplier<T> work) {
        long start = System.nanoTime();
        T value = work.get();
        return new Timed<>(value, (System.nanoTime() - start) / 1e3);
    }

    /** It belongs to the innermost scope. */
    Iteration(SmallModel small, int conversations) {
        model = small.model();
        policy = Trainable.Lora.fresh(model, new LoraAdapter.Settings(16, 32), 7).prepared();
        stray(policy.arena());
        dialogues = IntStream.range(0, conversations).mapToObj(number -> small.dialogue(number, TURNS)).toList();
        long perImage = model.config().imageFeatures();
        long size = model.config().vision().hiddenSize();
        Tensor numbers = Tensors.of(Device.CPU, normal(conversations * perImage * size, 1), conversations, perImage, size);
        features = Ops.to(Ops.to(numbers, model.dtype()), model.device());
        try (Autograd.Guard off = Autograd.off()) {
            packed = policy.frozen().packed();
        }
    }

    /** Fresh adapters change nothing, so half of their gradients are 0. */
    private static void stray(ParameterArena arena) {
        arena.shapes().forEach((name, shape) -> {
            if (name.endsWith(".lora_B")) {
                arena.get(name).set(normal(shape[0] * shape[1], 0.02));
            }
        });
    }

    private static float[] normal(long count, double deviation) {
        SplittableRandom random = new SplittableRandom(5);
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    /** All conversations, decoded together. */
    List<Episode> rollout() {
        try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            Sampling sampling = Sampling.temperature(1, Set.of(SmallModel.END, model.config().imageTokenId()));
            RolloutEngine engine = new RolloutEngine(packed.model(), packed.adapter(), sampling, SmallModel.END, SmallModel.ANSWER);
            return engine.run(dialogues, model.project(features), IntStream.range(0, dialogues.size()).toArray(), 7, 1);
        }
    }

    /** The log-probabilities with which a rollout's tokens were sampled. */
    double[] sampled(List<Episode> episodes) {
        return episodes.stream().map(Episode::logprobs)
                .flatMapToDouble(logprobs -> IntStream.range(0, logprobs.length).mapToDouble(i -> logprobs[i])).toArray();
    }

    /** What the policy here thinks of these tokens. */
    double[] scored(List<Episode> episodes) {
        try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            TokenBatch batch = batch(episodes);
            AnswerRows answers = answers(batch, episodes);
            Tensor states = packed.model().answerStates(batch, model.project(features), packed.adapter(), answers);
            return widened(TokenScores.logprobs(packed.model(), states, answers, 1));
        }
    }

    /** Of the policy loss on these conversations, one pass for each of them; of all parameters of the adapter. */
    double[] gradient(List<Episode> episodes) {
        try (TensorScope scope = TensorScope.open()) {
            ParameterArena.Leaves leaves = policy.arena().leaves();
            Passes passes = policy.passes();
            for (int i = 0; i < episodes.size(); i++) {
                try (TensorScope unit = TensorScope.open()) {
                    add(passes, leaves, episodes.get(i), Ops.slice(features, 0, i, i + 1));
                }
            }
            return widened(leaves.gradient());
        }
    }

    private void add(Passes passes, ParameterArena.Leaves leaves, Episode episode, Tensor picture) {
        TokenBatch batch = batch(List.of(episode));
        AnswerRows answers = answers(batch, List.of(episode));
        // A gradient is written and not added where it is made by hand, so each pass has its own.
        ParameterArena.Leaves own = policy.arena().leaves();
        Passes.Top<TokenScores> top = passes.run(batch, picture, answers, own).scores(1);
        Tensor old = Tensors.of(model.device(), episode.logprobs(), episode.logprobs().length);
        Tensor advantages = Tensors.of(model.device(), normal(episode.logprobs().length, 1), episode.logprobs().length);
        Loss loss = PpoLosses.policy(top.value().logprobs(), old, advantages, CLIP, episode.logprobs().length);
        own.backward(loss, top.below());
        try (Autograd.Guard off = Autograd.off()) {
            Ops.copyInto(leaves.gradient(), Ops.add(leaves.gradient(), own.gradient()));
        }
    }

    private static TokenBatch batch(List<Episode> episodes) {
        return TokenBatch.of(episodes.stream().map(Episode::tokens).toList());
    }

    private static AnswerRows answers(TokenBatch batch, List<Episode> episodes) {
        return AnswerRows.of(batch, episodes.stream().map(Episode::answer).toList());
    }

    private static double[] widened(Tensor tensor) {
        float[] values = tensor.toFloats();
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
