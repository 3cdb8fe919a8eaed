package org.drllava.benchmarks;

import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.PackedWeight;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Vocabulary;
import org.drllava.tensor.Vocabulary.Head;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Log-probabilities and entropies of given tokens from hidden states of 512 columns and a vocabulary of 32,064, against a linear
 * layer, log-softmax and gathering. With bfloat16, ATen's logits are widened to float32 before the softmax, as a model must do.
 */
public class LogprobsBenchmark extends TensorBenchmark {
    private static final int WIDTH = 512;
    private static final int VOCABULARY = 32_064;

    @Param({"24", "120", "480"})
    private int rows;

    private Tensor hidden;
    private Tensor leaf;
    private Tensor hiddenBf16;
    private Tensor leafBf16;
    private Tensor weight;
    private Tensor weightBf16;
    private Tensor targets;
    private Tensor dlogprobs;
    private Tensor logprobs;
    private Tensor entropies;
    private Tensor gradients;
    private Head head;
    private Head headBf16;

    @Override
    void prepare() {
        hidden = normal(rows, WIDTH);
        leaf = leaf(normal(rows, WIDTH));
        hiddenBf16 = bf16(hidden);
        leafBf16 = leaf(bf16(hidden));
        weight = weight(VOCABULARY, WIDTH);
        weightBf16 = bf16(weight);
        targets = indices(rows, VOCABULARY);
        dlogprobs = normal(rows);
        logprobs = empty(rows);
        entropies = empty(rows);
        gradients = empty(rows, WIDTH);
        head = head(DType.FLOAT32);
        headBf16 = head(DType.BFLOAT16);
    }

    private Head head(DType precision) {
        return new Head(PackedWeight.of(weight, precision), PackedWeight.transposed(weight, precision), 1);
    }

    @Benchmark
    public void kernel() {
        Vocabulary.logprobs(logprobs, entropies, null, Columns.of(hidden), targets, head);
    }

    @Benchmark
    public void kernelBf16() {
        Vocabulary.logprobs(logprobs, entropies, null, Columns.of(hidden), targets, headBf16);
    }

    @Benchmark
    public void aten() {
        run(() -> scored(hidden, weight));
    }

    @Benchmark
    public void atenBf16() {
        run(() -> scored(hiddenBf16, weightBf16));
    }

    @Benchmark
    public void kernelGradient() {
        Vocabulary.logprobs(logprobs, entropies, Columns.of(gradients), Columns.of(hidden), targets, head);
    }

    @Benchmark
    public void kernelGradientBf16() {
        Vocabulary.logprobs(logprobs, entropies, Columns.of(gradients), Columns.of(hidden), targets, headBf16);
    }

    @Benchmark
    public void atenGradient() {
        thereAndBack(dlogprobs, () -> scored(leaf, weight), leaf);
    }

    @Benchmark
    public void atenGradientBf16() {
        thereAndBack(dlogprobs, () -> scored(leafBf16, weightBf16), leafBf16);
    }

    /** Entropies are made and dropped: nobody asks for their gradient. */
    private Tensor scored(Tensor states, Tensor weight) {
        Tensor all = Ops.logSoftmax(Ops.to(Ops.linear(states, weight, null), DType.FLOAT32));
        run(() -> Ops.negate(Ops.sumLast(Ops.multiply(Ops.exp(Ops.detach(all)), Ops.detach(all)))));
        return Ops.gatherLast(all, Ops.view(targets, rows, 1));
    }
}
