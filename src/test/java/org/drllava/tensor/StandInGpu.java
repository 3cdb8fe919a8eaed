package org.drllava.tensor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets a test's tensors count as a GPU's where there is none. What works on them are the production classes, with the kernels for
 * GPUs on fibers and stand-ins for the CUDA runtime and cuBLAS: tests with the tag {@code stand-in}, which run in a process that
 * finds those. Skips the test where they are not built.
 */
public final class StandInGpu implements BeforeEachCallback, AfterEachCallback {
    @Override
    public void beforeEach(ExtensionContext context) {
        Path kernels = Path.of(System.getProperty("drllava.kernels.cuda", ""));
        assumeTrue(Files.isRegularFile(kernels), "the kernels for GPUs are not built for a CPU: -Ddrllava.kernels.cuda must name them");
        assumeTrue(Gpu.lack() == null, Gpu::lack);
        Gpu.hostStandsIn(true);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Gpu.hostStandsIn(false);
    }

    /** What {@code work} says on the CPU, in the midst of a test on the stand-in. */
    public static <T> T onCpu(Supplier<T> work) {
        Gpu.hostStandsIn(false);
        try {
            return work.get();
        } finally {
            Gpu.hostStandsIn(true);
        }
    }
}
