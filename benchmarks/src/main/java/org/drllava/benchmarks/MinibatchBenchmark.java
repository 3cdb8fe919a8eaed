package org.drllava.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.drllava.model.AnswerRows;
import org.drllava.model.LoraAdapter;
import org.drllava.model.Network;
import org.drllava.model.Passes;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenScores;
import org.drllava.model.Trainable;
import org.drllava.ppo.PpoLosses;
import org.drllava.rollout.Dialogue;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.DType;
import org.drllava.tensor.Descent;
import org.drllava.tensor.Loss;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Team;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Workers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One minibatch of the policy on one core: 8 conversations of 321 tokens, 120 of them answers; there and back for each, clipping
 * and the step. On the project's kernels as in training, and on ATen's operators with autograd.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class MinibatchBenchmark extends TensorBenchmark {
    private static final int CONVERSATIONS = 8;
    private static final int TURNS = 5;

    @Param({"FLOAT32", "BFLOAT16"})
    private DType dtype;

    private record Conversation(TokenBatch tokens, AnswerRows answers, Tensor features, Tensor before, Tensor advantages) {}

    private final List<Conversation> conversations = new ArrayList<>();
    private Trainable.Lora policy;
    private Workers workers;
    private Descent descent;
    private long total;

    @Override
    void prepare() {
        SmallModel small = SmallModel.make(dtype);
        policy = Trainable.Lora.fresh(small.model(), new LoraAdapter.Settings(16, 32), 7).prepared();
        workers = new Workers(1);
        descent = new Descent(policy.arena(), AdamW.Settings.DEFAULT, 1, CONVERSATIONS, Team.alone(workers));
        for (int i = 0; i < CONVERSATIONS; i++) {
            conversations.add(conversation(small.dialogue(i, TURNS)));
        }
        total = conversations.stream().mapToLong(c -> c.answers().count()).sum();
    }

    /** Any tokens will do for answers; log-probabilities of before are about those of a random model. */
    private Conversation conversation(Dialogue dialogue) {
        int[] answer = IntStream.range(100, 100 + SmallModel.ANSWER).toArray();
        int[] tokens = {};
        boolean[] sampled = {};
        for (int turn = 0; turn < TURNS; turn++) {
            int[] question = turn == 0 ? dialogue.opening() : dialogue.followUps().get(turn - 1);
            int start = tokens.length + question.length;
            tokens = Stream.of(tokens, question, answer).flatMapToInt(IntStream::of).toArray();
            sampled = Arrays.copyOf(sampled, tokens.length);
            Arrays.fill(sampled, start, tokens.length, true);
        }
        TokenBatch batch = TokenBatch.of(List.of(tokens));
        AnswerRows answers = AnswerRows.of(batch, List.of(sampled));
        return new Conversation(batch, answers, Ops.to(normal(SmallModel.features(1)), dtype),
                Ops.add(Ops.multiply(normal(answers.count()), 0.1), Tensors.scalar(-10.4)), normal(answers.count()));
    }

    @Override
    @TearDown
    public void close() {
        workers.close();
        super.close();
    }

    @Benchmark
    public double kernel() {
        return step(policy::passes);
    }

    @Benchmark
    public double aten() {
        return step(() -> Passes.recorded(leaves -> Network.adapted(policy.base(), LoraAdapter.of(leaves.byName(), policy.settings().scale()))));
    }

    private double step(Supplier<Passes> made) {
        Descent.Sum sum;
        try (TensorScope scope = TensorScope.open()) {
            Passes passes = made.get();
            sum = descent.sum((unit, leaves) -> loss(conversations.get(unit), passes, leaves));
        }
        descent.step(1e-6);
        return sum.norm();
    }

    private Descent.Result loss(Conversation of, Passes passes, ParameterArena.Leaves leaves) {
        Passes.Top<TokenScores> top = passes.run(of.tokens(), of.features(), of.answers(), leaves).scores(1);
        Loss loss = PpoLosses.policy(top.value().logprobs(), of.before(), of.advantages(), 0.2, total);
        return new Descent.Result(loss, new double[] {loss.value()}, top.below());
    }
}
