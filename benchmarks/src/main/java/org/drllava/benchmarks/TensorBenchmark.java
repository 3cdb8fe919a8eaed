package org.drllava.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.drllava.bindings.libtorch.TorchRuntime;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
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
 * What the benchmarks of tensors share: one thread for both sides, since a kernel works on the thread that calls it and libtorch
 * would take every core; a scope for what lives as long as the benchmark; and random numbers, always the same ones.
 *
 * <p>A method whose name begins with {@code kernel} and one that goes on in the same way after {@code aten} do the same work:
 * {@link Ratios} puts them side by side. {@code Bf16} has bfloat16 weights, {@code Gradient} goes there and back.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class TensorBenchmark {
    private final Random random = new Random(7);
    private TensorScope scope;

    @Setup
    public void open() {
        TorchRuntime.setThreads(1);
        TorchRuntime.setBlasThreads(1);
        scope = TensorScope.open();
        prepare();
    }

    @TearDown
    public void close() {
        scope.close();
    }

    /** Makes the inputs. */
    abstract void prepare();

    final Tensor normal(long... shape) {
        return Tensors.of(Device.CPU, normals(shape), shape);
    }

    final float[] normals(long... shape) {
        int count = 1;
        for (long size : shape) {
            count = Math.toIntExact(count * size);
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** [out, in], such that a product keeps the size of its input. */
    final Tensor weight(long out, long in) {
        return Ops.multiply(normal(out, in), 1 / Math.sqrt(in));
    }

    /** int64 [n], each below {@code bound} */
    final Tensor indices(int n, int bound) {
        return Tensors.of(Device.CPU, random.ints(n, 0, bound).toArray(), n);
    }

    static Tensor empty(long... shape) {
        return Tensors.empty(Device.CPU, DType.FLOAT32, shape);
    }

    static Tensor bf16(Tensor x) {
        return Ops.to(x, DType.BFLOAT16);
    }

    /** Runs {@code work} as passes that train nothing do: it is not recorded, and what it made is freed. */
    static void run(Runnable work) {
        try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            work.run();
        }
    }

    /** A tensor that {@link #thereAndBack} finds the gradient of. */
    static Tensor leaf(Tensor x) {
        return Autograd.leaf(x, Tensors.zeros(Device.CPU, x.dtype(), x.shape()));
    }

    /** A recorded pass and its way back to {@code leaves} from {@code dy}, the gradient of its result. */
    static void thereAndBack(Tensor dy, Supplier<Tensor> pass, Tensor... leaves) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor y = pass.get();
            Autograd.backward(Ops.dot(Ops.reshape(y, y.elements()), Ops.view(dy, dy.elements())), leaves);
        }
    }
}
