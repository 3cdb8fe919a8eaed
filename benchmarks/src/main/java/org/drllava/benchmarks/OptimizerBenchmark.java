package org.drllava.benchmarks;

import org.drllava.bindings.libtorch.NativeTensor;
import org.drllava.bindings.libtorch.Operator;
import org.drllava.bindings.libtorch.OperatorCall;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Training;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A step of AdamW over flat parameters, the gradient clipped before, and the norm that clipping needs. ATen's are its fused ones. */
public class OptimizerBenchmark extends TensorBenchmark {
    private static final Operator FUSED = Operator.of("aten::_fused_adamw_");
    private static final AdamW.Settings SETTINGS = AdamW.Settings.DEFAULT;
    private static final double RATE = 1e-6;
    private static final double SCALE = 1; // else the gradient would vanish in the end

    @Param({"100000", "2000000"})
    private int parameters;

    private Tensor values;
    private Tensor gradient;
    private Tensor firstMoment;
    private Tensor secondMoment;
    private Tensor scale;
    private Tensor step;
    private long steps;

    @Override
    void prepare() {
        values = normal(parameters);
        gradient = normal(parameters);
        firstMoment = Tensors.zeros(Device.CPU, DType.FLOAT32, parameters);
        secondMoment = Tensors.zeros(Device.CPU, DType.FLOAT32, parameters);
        scale = Tensors.scalar(SCALE);
        step = Tensors.scalar(1);
    }

    @Benchmark
    public void kernelAdamw() {
        Training.adamw(values, gradient, firstMoment, secondMoment, SETTINGS, RATE, SCALE, ++steps);
    }

    @Benchmark
    public void atenAdamw() {
        run(() -> {
            Ops.multiplyInPlace(gradient, scale);
            try (NativeTensor p = Native.of(values); NativeTensor g = Native.of(gradient); NativeTensor m = Native.of(firstMoment);
                    NativeTensor v = Native.of(secondMoment); NativeTensor t = Native.of(step)) {
                OperatorCall.of(FUSED).tensors(p).tensors(g).tensors(m).tensors(v).tensors().tensors(t).real(RATE).real(SETTINGS.beta1())
                        .real(SETTINGS.beta2()).real(SETTINGS.weightDecay()).real(SETTINGS.epsilon()).bool(false).bool(false).none().none().run();
            }
        });
    }

    @Benchmark
    public double kernelNorm() {
        return Training.squaredNorms(gradient, gradient.elements())[0];
    }

    @Benchmark
    public void atenNorm() {
        run(() -> Ops.dot(gradient, gradient).item());
    }
}
