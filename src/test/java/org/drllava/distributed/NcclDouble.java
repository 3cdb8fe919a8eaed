package org.drllava.distributed;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What stands in for NCCL and the CUDA runtime in tests, built from {@code native/double}. */
public final class NcclDouble {
    private static final String PROPERTY = "drllava.doubles";

    private NcclDouble() {}

    /** Variables with which a process finds it; the test is skipped, with the reason, where it is not built. */
    public static Map<String, String> environment() {
        Path folder = Path.of(System.getProperty(PROPERTY, "")).toAbsolutePath();
        assumeTrue(Files.exists(folder.resolve("libnccl.so.2")), "the double of NCCL is not built: -D" + PROPERTY + " must name its folder");
        return Map.of("LD_LIBRARY_PATH", folder.toString());
    }
}
