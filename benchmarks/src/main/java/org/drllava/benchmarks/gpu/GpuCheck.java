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
import org.drllava.bindings.cublas.Cublas;
import org.drllava.bindings.cublas.Matrices;
import org.drllava.bindings.cuda.Cuda;
import org.drllava.bindings.cuda.CudaEvent;
import org.drllava.bindings.cuda.CudaGraph;
import org.drllava.bindings.cuda.CudaStream;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.kernels.KernelException;
import org.drllava.bindings.kernels.KernelLibrary;

/**
 * Runs every kernel for GPUs on a GPU, holds its results to those of the CPU's kernels, and times it; then a decode step, call by
 * call and as a CUDA graph. Prints a table and writes it as JSON. {@code tools/gpu-check} starts it.
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
            check.decodeStep();
            Path file = Path.of(arguments.length == 0 ? "benchmarks/results" : arguments[0]).resolve("gpu-check-" + fileName(device) + ".json");
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, Line.json(device, Instant.now().truncatedTo(ChronoUnit.SECONDS), check.lines));
            System.out.println("JSON: " + file);
            System.exit(check.lines.stream().allMatch(Line::ok) ? 0 : 1);
        } catch (NativeLibraryException | KernelException | IllegalStateException e) {
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

    private void decodeStep() {
        try (Arena gpu = Arena.ofConfined()) {
            var step = new DecodeStep(KernelLibrary.CUDA, new Memory.Gpu(gpu, stream), sizes, LAYERS);
            step.run();
            KernelLibrary.CUDA.synchronize();
            List<double[]> plain = step.results();
            add(Line.of("decode step, " + LAYERS + " layers, call by call", Parity.NONE, microseconds(step::run), step.bytesOfWeights(), 0));
            try (CudaGraph graph = stream.capture(step::run)) {
                graph.launch(stream);
                KernelLibrary.CUDA.synchronize();
                add(Line.of("decode step, " + LAYERS + " layers, as a graph", Parity.between(plain, step.results()),
                        microseconds(() -> graph.launch(stream)), step.bytesOfWeights(), 0));
            }
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
