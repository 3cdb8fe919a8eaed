package org.drllava.benchmarks;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.drllava.bindings.libtorch.NativeTensor;
import org.drllava.bindings.libtorch.Operator;
import org.drllava.bindings.libtorch.OperatorCall;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call into libtorch costs: an operator on 6 floats, the result's handle made and deleted included. Panama is this project's
 * binding, JavaCPP the JNI one of {@code org.bytedeco:pytorch}, with the same libtorch below. {@code Scoped} frees by a scope, as
 * programs of either do, and asks for {@code neg}. JMH runs each method in a process of its own, so that a process has one libtorch.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DispatchBenchmark {
    private static final float[] SIX = {-3, -2, -1, 1, 2, 3};

    @State(Scope.Thread)
    public static class Panama {
        private static final Operator RELU = Operator.of("aten::relu");
        private TensorScope scope;
        private Tensor x;
        private NativeTensor handle;

        @Setup
        public void open() {
            scope = TensorScope.open();
            x = Tensors.of(Device.CPU, SIX, SIX.length);
            handle = Native.of(x);
        }

        @TearDown
        public void close() {
            handle.close();
            scope.close();
        }
    }

    @State(Scope.Thread)
    public static class JavaCpp {
        private org.bytedeco.pytorch.Tensor x;

        @Setup
        public void open() {
            x = org.bytedeco.pytorch.Tensor.create(SIX, SIX.length);
        }
    }

    @Benchmark
    public void panama(Panama on) {
        OperatorCall.of(Panama.RELU).tensor(on.handle).call().close();
    }

    @Benchmark
    public void javaCpp(JavaCpp on) {
        torch.relu(on.x).close();
    }

    @Benchmark
    public void panamaScoped(Panama on) {
        try (TensorScope scope = TensorScope.open()) {
            Ops.negate(on.x);
        }
    }

    @Benchmark
    public void javaCppScoped(JavaCpp on) {
        try (PointerScope scope = new PointerScope()) {
            torch.neg(on.x);
        }
    }
}
