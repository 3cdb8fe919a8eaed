package org.drllava.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.drllava.benchmarks.SmallModel;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.LayerKernels;
import org.drllava.bindings.kernels.Matrix;
import org.drllava.model.LlavaConfig;
import org.drllava.rollout.Episode;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.TensorScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be told of the check without a GPU: its problems are sound, and it notices what is wrong. */
class GpuCheckTest {
    private static final Set<String> NO_KERNELS = Set.of("dl_abi_version", "dl_instruction_set", "dl_set_stream", "dl_set_threads", "dl_synchronize",
            "dl_packed_size", "dl_pack_weight", "dl_fast_bf16", "dl_kv_cache_size", "dl_uniform");

    /** The kernels for GPUs as the C++ tests run them. */
    private static final Path STAND_IN = Path.of("..", "bindings", "target", "native", "cmake", "test", "libdrllava_kernels_fibers.so");

    private static final LlavaConfig TINY = new LlavaConfig(new LlavaConfig.Vision(16, 32, 1, 2, 28, 14, 1e-5, LlavaConfig.Activation.GELU),
            LlavaConfig.Projector.MLP, new LlavaConfig.Text(32, 64, 2, 4, 2, 8, 60, 1e-5, 10_000, false, 256), 59, -2, true);

    @BeforeAll
    static void standIn() {
        System.setProperty("drllava.kernels.cuda", STAND_IN.toAbsolutePath().normalize().toString());
    }

    @BeforeEach
    void kernels() {
        assumeTrue(KernelLibrary.CPU.available(), KernelLibrary.CPU.description());
    }

    @Test
    void onTheStandInEveryKernelForGpusGivesWhatTheCpusGives() {
        assumeTrue(Files.exists(STAND_IN), "the C++ tests were not built");
        assertThat(KernelLibrary.CUDA.description()).isEqualTo("fibers");
        Problems.all().forEach((name, problem) -> {
            try (Arena one = Arena.ofConfined(); Arena two = Arena.ofConfined()) {
                Work expected = problem.apply(new Problems(KernelLibrary.CPU, new Memory.Host(one), Sizes.SMALL));
                Work actual = problem.apply(new Problems(KernelLibrary.CUDA, new Memory.Host(two), Sizes.SMALL));
                Parity parity = Parity.of(expected, actual, KernelLibrary.CUDA);
                assertThat(parity.ok()).as(name + ": " + parity).isTrue();
            }
        });
    }

    @Test
    void aFaultThatAKernelForGpusFindsIsToldWhenItIsWaitedFor() {
        assumeTrue(Files.exists(STAND_IN), "the C++ tests were not built");
        try (Arena arena = Arena.ofConfined()) {
            var memory = new Memory.Host(arena);
            Matrix x = new Matrix(memory.floats(8), 4);
            LayerKernels.rotary(KernelLibrary.CUDA, x, memory.floats(8), memory.floats(8), 2, memory.put(0L, 5L), false, 2, 1, 4);
            assertThatThrownBy(KernelLibrary.CUDA::synchronize).hasMessage("on the GPU: positions[1] is 5, not in 0 to 1");
            KernelLibrary.CUDA.synchronize();
        }
    }

    @Test
    void everyProblemIsTheSameEachTimeAndHasNumbersForResults() {
        Problems.all().forEach((name, problem) -> {
            try (Arena one = Arena.ofConfined(); Arena two = Arena.ofConfined()) {
                Work expected = problem.apply(new Problems(KernelLibrary.CPU, new Memory.Host(one), Sizes.SMALL));
                Work actual = problem.apply(new Problems(KernelLibrary.CPU, new Memory.Host(two), Sizes.SMALL));
                Parity parity = Parity.of(expected, actual, KernelLibrary.CPU);
                assertThat(parity.error()).as(name + " " + parity.name()).isZero();
                for (Work.Result result : actual.results()) {
                    double[] values = result.values().get();
                    assertThat(Arrays.stream(values).allMatch(Double::isFinite)).as(name + " " + result.name()).isTrue();
                    assertThat(Arrays.stream(values).anyMatch(value -> value != 0)).as(name + " " + result.name()).isTrue();
                }
            }
        });
    }

    @Test
    void everyKernelOfTheHeaderIsAmongThem() throws IOException {
        String header = Files.readString(Path.of("..", "native", "include", "drllava_kernels.h"));
        Set<String> names = Pattern.compile("DL_API int (dl_\\w+)\\(").matcher(header).results().map(match -> match.group(1))
                .filter(name -> !NO_KERNELS.contains(name)).collect(Collectors.toSet());
        assertThat(names).hasSizeGreaterThan(15);
        assertThat(Problems.all().keySet().stream().map(name -> name.replaceFirst(",.*", "")).collect(Collectors.toSet())).isEqualTo(names);
    }

    /** On the CPU: what is sampled is what is scored, both ways of scoring agree, and another seed's tokens do not pass. */
    @Test
    void anIterationIsTheSameEachTimeAndNotAnother() {
        try (TensorScope scope = TensorScope.open()) {
            var one = new Iteration(SmallModel.make(TINY, DType.FLOAT32, Device.CPU), 3);
            var two = new Iteration(SmallModel.make(TINY, DType.FLOAT32, Device.CPU), 3);
            List<Episode> episodes = one.rollout();
            assertThat(Parity.of("log p", one.sampled(episodes), two.scored(episodes), 1e-6).ok()).isTrue();
            double[] gradient = one.gradient(episodes);
            assertThat(Arrays.stream(gradient).anyMatch(value -> value != 0)).isTrue();
            assertThat(Parity.ofVectors("gradient", two.gradient(episodes), gradient, 1e-6).ok()).isTrue();
            assertThat(Parity.ofVectors("gradient", one.gradient(episodes.subList(0, 2)), gradient, 1e-3).ok()).isFalse();
            assertThat(Parity.ofVectors("gradient", new double[gradient.length - 1], gradient, 1).ok()).isFalse();
        }
    }

    @Test
    void aWrongNumberFailsAndSoDoesNoNumber() {
        double[] numbers = {1, 2, 3};
        assertThat(Parity.error(new double[] {1, 2, 3.0004}, numbers)).isBetween(0.9e-4, 1.1e-4);
        assertThat(Parity.error(new double[] {Double.NaN, 2, 3}, numbers)).isNaN();
        assertThat(Parity.error(new double[] {1, 2}, numbers)).isNaN();
        assertThat(new Parity("y", Double.NaN, 1).ok()).isFalse();
        assertThat(Parity.between(List.of(numbers, numbers), List.of(numbers, new double[] {1, 2, 4})).ok()).isFalse();
    }

    @Test
    void theLinesAreJson() {
        Line good = Line.of("dl_swiglu", new Parity("y", 1e-7, 1e-6), 12.5, 1e6, 0), bad = Line.of("x", new Parity("y", Double.NaN, 1e-6), 1, 1, 1);
        assertThat(good.row()).contains("ok").contains("80");
        assertThat(bad.row()).contains("FAIL");
        assertThat(Line.json("a \"GPU\"", Instant.EPOCH, List.of(good, bad)))
                .startsWith("{\"device\": \"a GPU\"").contains("\"error\": null").contains("\"gb_per_s\": 80.0").endsWith("]}\n");
    }
}
