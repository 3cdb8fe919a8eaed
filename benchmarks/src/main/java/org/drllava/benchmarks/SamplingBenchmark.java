package org.drllava.benchmarks;

import java.util.stream.IntStream;
import org.drllava.bindings.libtorch.NativeTensor;
import org.drllava.bindings.libtorch.Operator;
import org.drllava.bindings.libtorch.OperatorCall;
import org.drllava.tensor.Columns;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Sampler;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A token for each row of logits over 32,064, and its log-probability; ATen draws with {@code multinomial}. */
public class SamplingBenchmark extends TensorBenchmark {
    private static final Operator MULTINOMIAL = Operator.of("aten::multinomial");
    private static final int VOCABULARY = 32_064;

    @Param({"1", "16", "128"})
    private int rows;

    private final Sampler.Choice choice = new Sampler.Choice(1, 0, 1, null, 7, 1);
    private Tensor logits;
    private Tensor numbers;

    @Override
    void prepare() {
        logits = Ops.multiply(normal(rows, VOCABULARY), 3);
        numbers = Tensors.of(Device.CPU, IntStream.range(0, rows).toArray(), rows);
    }

    @Benchmark
    public Sampler.Chosen kernel() {
        return Sampler.sample(Columns.of(logits), choice, numbers, numbers);
    }

    @Benchmark
    public void aten() {
        run(() -> {
            Tensor logprobs = Ops.logSoftmax(logits);
            Tensor drawn = drawn(Ops.exp(logprobs));
            drawn.toLongs();
            Ops.gatherLast(logprobs, drawn).toFloats();
        });
    }

    private Tensor drawn(Tensor probabilities) {
        try (NativeTensor weights = Native.of(probabilities);
                NativeTensor drawn = OperatorCall.of(MULTINOMIAL).tensor(weights).integer(1).bool(false).none().call()) {
            return Native.copy(drawn, rows, 1);
        }
    }
}
