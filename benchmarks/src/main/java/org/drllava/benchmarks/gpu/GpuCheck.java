package org.drllava.benchmarks.gpu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.drllava.benchmarks.SmallModel;
import org.drllava.bindings.cublas.Cublas;
import org.drllava.bindings.cublas.Matrices;
import org.drllava.bindings.cuda.Cuda;
import org.drllava.bindings.cuda.CudaEvent;
import org.drllava.bindings.cuda.CudaStream;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.kernels.KernelException;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.libtorch.TorchException;
import org.drllava.rollout.Episode;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.TensorScope;

/**
 * Runs every kernel for GPUs on a GPU, holds its results to those of the CPU's kernels, and times it; then the trainer itself: a
 * decode step, call by call and as a CUDA graph, a rollout and a minibatch, against the trainer on the CPU. Prints a table and
 * writes it as JSON. {@code tools/gpu-check} starts it.
 */
public final class GpuCheck {
    private static final int LAYERS = 4;
    private static final double LEAST_MILLISECONDS = 30;

    private final Sizes sizes;
    private final CudaStream stream;
    private final List<Line> lines = new ArrayList<>();

    private GpuCheck(Sizes sizes, CudaStream stream) {
        this.sizes = sizes;
        this.stream = stream;
    }

    /** @param arguments the folder for the JSON; by default benchmarks/results */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 1) {
            System.err.println("usage: gpu-check [FOLDER FOR THE JSON]");
            System.exit(2);
        }
        if (!KernelLibrary.CUDA.available()) {
            System.err.println("Nothing was checked: " + KernelLibrary.CUDA.description());
            System.exit(1);
        }
        try (CudaStream stream = CudaStream.create(CudaStream.Order.INDEPENDENT)) {
            KernelLibrary.CUDA.stream(stream.handle());
            var check = new GpuCheck(Sizes.LARGE, stream);
            String device = check.describe();
            System.out.println(device);
            System.out.println(Line.HEADING);
            check.kernels();
            check.cublas();
            Device gpu = new Device.Cuda(Cuda.current());
            check.decodeSteps(gpu);
            check.iteration(gpu, DType.FLOAT32);
            check.iteration(gpu, DType.BFLOAT16);
            Path file = Path.of(arguments.length == 0 ? "benchmarks/results" : arguments[0]).resolve("gpu-check-" + fileName(device) + ".json");
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, Line.json(device, Instant.now().truncatedTo(ChronoUnit.SECONDS), check.lines));
            System.out.println("JSON: " + file);
            System.exit(check.lines.stream().allMatch(Line::ok) ? 0 : 1);
        } catch (NativeLibraryException | KernelException | TorchException | IllegalStateException e) {
            System.err.println("The check broke off: " + e.getMessage());
            System.exit(1);
        }
    }

    private String describe() {
        Cuda.Device device = Cuda.device(Cuda.current());
        return device.name() + ", sm_" + device.computeMajor() + device.computeMinor() + ", " + device.multiprocessors() + " multiprocessors, CUDA "
                + Cuda.runtimeVersion() + ", driver for " + Cuda.driverVersion();
    }

    private static String fileName(String device) {
        return device.replaceFirst(",.*", "").replaceAll("[^A-Za-z0-9]+", "-").toLowerCase(Locale.ROOT);
    }

    private void kernels() {
        Problems.all().forEach((name, problem) -> {
            try (Arena host = Arena.ofConfined(); Arena gpu = Arena.ofConfined()) {
                Work here = problem.apply(new Problems(KernelLibrary.CPU, new Memory.Host(host), sizes));
                Work there = problem.apply(new Problems(KernelLibrary.CUDA, new Memory.Gpu(gpu, stream), sizes));
                Parity parity = Parity.of(here, there, KernelLibrary.CUDA);
                add(Line.of(name, parity, microseconds(there.call()), there.bytes(), there.products()));
            }
        });
    }

    private void add(Line line) {
        lines.add(line);
        System.out.println(line.row());
    }

    /** cuBLAS for few rows and for many, on a packed weight, so that it can be seen from where on it is the faster one. */
    private void cublas() {
        int in = sizes.hidden(), out = sizes.feedForward();
        for (int rows : new int[] {1, sizes.sequences(), sizes.rows()}) {
            try (Arena gpu = Arena.ofConfined(); Cublas cublas = Cublas.open()) {
                cublas.stream(stream);
                var memory = new Memory.Gpu(gpu, stream);
                // By columns: yᵀ [out, rows] = W [out, in] · xᵀ [in, rows], row-major matrices being their own transposes.
                var x = new Matrices(memory.floats((long) rows * in), Matrices.Type.FLOAT32, in, 0, false);
                var weight = new Matrices(memory.floats((long) in * out), Matrices.Type.FLOAT32, in, 0, true);
                var y = new Matrices(memory.floats((long) rows * out), Matrices.Type.FLOAT32, out, 0, false);
                var product = new Cublas.Sizes(out, rows, in, 1);
                add(Line.of("cuBLAS, " + rows + (rows == 1 ? " row" : " rows"), Parity.NONE,
                        microseconds(() -> cublas.product(product, 1, weight, x, 0, y, Cublas.Compute.FLOAT32)), 4.0 * in * out,
                        (double) rows * in * out));
            }
        }
    }

    /** The trainer's decode step on layers of LLaMA-7B's size: the first run of each is call by call, all others are a graph's. */
    private void decodeSteps(Device gpu) {
        try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            var decoding = new Decoding(gpu, sizes, LAYERS);
            decoding.callByCall();
            Decoding.Run plain = decoding.callByCall();
            add(Line.of("decode step, " + LAYERS + " layers, call by call", Parity.NONE, plain.microseconds(), decoding.bytesOfWeights(), 0));
            Decoding.Run graph = decoding.asGraph();
            add(Line.of("decode step, " + LAYERS + " layers, as a graph", Parity.between(plain.results(), graph.results()), graph.microseconds(),
                    decoding.bytesOfWeights(), 0));
        }
    }

    /** A rollout and a minibatch of the trainer's, a model of 60 million parameters: there and on the CPU. */
    private void iteration(Device gpu, DType dtype) {
        double bound = dtype == DType.FLOAT32 ? 1e-3 : 5e-2;
        try (TensorScope scope = TensorScope.open()) {
            var there = new Iteration(SmallModel.make(SmallModel.CONFIG, dtype, gpu), sizes.sequences());
            var here = new Iteration(SmallModel.make(SmallModel.CONFIG, dtype, Device.CPU), sizes.sequences());
            there.rollout();
            Iteration.Timed<List<Episode>> played = Iteration.timed(there::rollout);
            double tokens = played.value().stream().mapToInt(Episode::answerTokens).sum();
            add(Line.of("rollout, a token, " + dtype, Parity.of("log p", there.sampled(played.value()), here.scored(played.value()), bound),
                    played.microseconds() / tokens, 0, 0));
            there.gradient(played.value());
            Iteration.Timed<double[]> trained = Iteration.timed(() -> there.gradient(played.value()));
            add(Line.of("minibatch of " + sizes.sequences() + ", " + dtype,
                    Parity.ofVectors("gradient", trained.value(), here.gradient(played.value()), bound), trained.microseconds(), 0, 0));
        }
    }

    /** Of one call, by the GPU's clock, after a few that warm up. */
    private double microseconds(Runnable call) {
        call.run();
        call.run();
        try (CudaEvent begin = CudaEvent.create(true); CudaEvent end = CudaEvent.create(true)) {
            for (int repeats = 5; ; repeats *= 4) {
                begin.record(stream);
                for (int i = 0; i < repeats; i++) {
                    call.run();
                }
                end.record(stream);
                end.synchronize();
                double milliseconds = end.millisecondsSince(begin);
                if (milliseconds >= LEAST_MILLISECONDS || repeats > 10_000) {
                    KernelLibrary.CUDA.synchronize();
                    return 1e3 * milliseconds / repeats;
                }
            }
        }
    }
}
