package org.drllava.benchmarks;

import org.drllava.ppo.PpoLosses;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Training;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** PPO's losses and their gradients, by autograd on ATen's side. */
public class LossBenchmark extends TensorBenchmark {
    @Param({"120", "960", "10000"})
    private int tokens;

    private Tensor now;
    private Tensor leaf;
    private Tensor before;
    private Tensor wanted;
    private Tensor gradient;

    @Override
    void prepare() {
        now = normal(tokens);
        leaf = leaf(normal(tokens));
        before = normal(tokens);
        wanted = normal(tokens);
        gradient = empty(tokens);
    }

    @Benchmark
    public double kernelPolicy() {
        return Training.policyLoss(gradient, now, before, wanted, 0.2, tokens);
    }

    @Benchmark
    public float atenPolicy() {
        try (TensorScope scope = TensorScope.open()) {
            return backward(PpoLosses.recordedPolicy(leaf, before, wanted, 0.2, tokens));
        }
    }

    @Benchmark
    public double kernelValue() {
        return Training.valueLoss(gradient, now, before, wanted, 0.2, tokens);
    }

    @Benchmark
    public float atenValue() {
        try (TensorScope scope = TensorScope.open()) {
            return backward(PpoLosses.recordedValue(leaf, before, wanted, 0.2, tokens));
        }
    }

    private float backward(Tensor loss) {
        Autograd.backward(loss, leaf);
        return loss.item();
    }
}
