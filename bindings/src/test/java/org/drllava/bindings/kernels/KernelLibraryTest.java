package org.drllava.bindings.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.drllava.bindings.kernels.KernelLibrary.CPU;
import static org.drllava.bindings.kernels.KernelLibrary.CUDA;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.drllava.bindings.Signatures;
import org.drllava.bindings.kernels.LinearKernels.Layout;
import org.drllava.bindings.kernels.LinearKernels.Precision;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KernelLibraryTest {
    private static final Path HEADER = Path.of("..", "native", "include", "drllava_kernels.h");
    private static final List<Class<?>> BINDINGS = List.of(LinearKernels.class, LayerKernels.class, AttentionKernels.class,
            RowKernels.class, VocabularyKernels.class, TrainingKernels.class, KernelLibrary.Own.class);
    /** Bound by {@link KernelLibrary} itself, before the rest. */
    private static final List<String> OWN = List.of("dl_abi_version", "dl_last_error", "dl_instruction_set");

    @BeforeAll
    static void bindAll() throws IllegalAccessException {
        for (Class<?> binding : BINDINGS) {
            MethodHandles.lookup().ensureInitialized(binding);
        }
    }

    @Test
    void everyFunctionOfTheHeaderIsBoundAsItIsDeclared() throws IOException {
        Map<String, String> declared = declared();
        OWN.forEach(declared::remove);
        var bound = new TreeMap<String, String>();
        KernelLibrary.bound().forEach((name, descriptor) -> bound.put(name, Signatures.letters(descriptor)));
        assertThat(declared).hasSizeGreaterThan(10);
        assertThat(bound).isEqualTo(declared);
    }

    @Test
    void saysWhichInstructionSetRunsOrWhyNoneDoes() {
        assertThat(CPU.description()).matches(CPU.available() ? "scalar|avx2|avx512|avx512bf16|amx" : "[A-Z].*\\.");
    }

    @Test
    void theLibraryForGpusSaysWhyItIsNotThere() {
        assumeTrue(!CUDA.available());
        assertThat(CUDA.description()).matches("[A-Z].*\\.");
        assertThatThrownBy(CUDA::synchronize).isInstanceOf(KernelException.class).hasMessage(CUDA.description());
        assertThatThrownBy(() -> LinearKernels.packedFloats(CUDA, 1, 1, Layout.NT, Precision.F32)).hasMessage(CUDA.description());
    }

    @Test
    void theCpuHasNoStreams() {
        assumeTrue(CPU.available());
        CPU.stream(MemorySegment.NULL);
        CPU.synchronize();
        assertThatThrownBy(() -> CPU.stream(MemorySegment.ofAddress(8))).hasMessage("dl_set_stream: the kernels for the CPU have no streams");
    }

    @Test
    void aFaultIsTheKernelsOwnSentence() {
        assumeTrue(CPU.available());
        assertThatThrownBy(() -> LinearKernels.packedFloats(CPU, -3, 4, Layout.NT, Precision.F32))
                .isInstanceOf(KernelException.class)
                .hasMessage("dl_packed_size: rows is -3, not in 0 to 2147483647");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(400, 64);
            Matrix matrix = new Matrix(floats, 10);
            assertThatThrownBy(() -> LinearKernels.linear(CPU, matrix, matrix, floats, Matrix.NONE, 1, 1, 10, 10))
                    .isInstanceOf(KernelException.class)
                    .hasMessage("dl_linear_packed: packed was not made by dl_pack_weight in this process");
            assertThatThrownBy(() -> LayerKernels.swiglu(CPU, matrix, matrix, Matrix.NONE, 3, 10))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("dl_swiglu: rows of up are 0 apart");
            assertThatThrownBy(() -> AttentionKernels.cacheFloats(CPU, new AttentionKernels.CacheShape(1, 1, 1, 1000, Precision.F32)))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("head is 1000");
        }
    }

    @Test
    void eachThreadReadsItsOwnError() throws InterruptedException {
        assumeTrue(CPU.available());
        var failures = new java.util.concurrent.ConcurrentLinkedQueue<String>();
        List<Thread> threads = Stream.of(-5, -6).map(rows -> new Thread(() -> {
            for (int i = 0; i < 1000; i++) {
                try {
                    LinearKernels.packedFloats(CPU, rows, 1, Layout.NN, Precision.BF16);
                    failures.add("no fault");
                } catch (KernelException e) {
                    if (!e.getMessage().contains("rows is " + rows + ",")) {
                        failures.add(e.getMessage());
                    }
                }
            }
        })).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    /** The header's functions in the letters of {@link Signatures}. */
    private static Map<String, String> declared() throws IOException {
        String header = Files.readString(HEADER).replaceAll("(?s)/\\*.*?\\*/", "");
        return Pattern.compile("DL_API\\s+([\\w\\s*]+?)(\\w+)\\(([^)]*)\\);").matcher(header).results()
                .collect(Collectors.toMap(function -> function.group(2), KernelLibraryTest::letters, (a, b) -> a, TreeMap::new));
    }

    private static String letters(MatchResult function) {
        String parameters = Stream.of(function.group(3).split(",")).map(KernelLibraryTest::letter).collect(Collectors.joining());
        return "(" + parameters + ")" + letter(function.group(1) + " result");
    }

    /** @param declaration for example {@code const float* weight} */
    private static String letter(String declaration) {
        String text = declaration.strip().replaceAll("\\bconst\\b", "").strip();
        if (text.equals("void")) {
            return "";
        }
        if (text.contains("*")) {
            return "P";
        }
        return switch (text.split("\\s+")[0]) {
            case "int64_t", "uint64_t" -> "J";
            case "int", "int32_t" -> "I";
            case "float" -> "F";
            case "double" -> "D";
            default -> throw new AssertionError("no letter for " + declaration);
        };
    }
}
