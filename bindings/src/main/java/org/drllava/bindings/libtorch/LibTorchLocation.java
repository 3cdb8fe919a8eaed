package org.drllava.bindings.libtorch;

import java.nio.file.Path;
import java.util.List;

/**
 * Files of one libtorch.
 *
 * @param libraries absolute paths in the order in which they must be opened
 * @param version for example {@code 2.13.0+cpu}; {@code unknown} if the folder does not tell
 * @param origin where it was found, in words
 */
public record LibTorchLocation(List<Path> libraries, String version, String origin) {
    public LibTorchLocation {
        libraries = List.copyOf(libraries);
    }

    /** The folder of {@code libtorch_cpu.so}. */
    public Path folder() {
        return libraries.stream()
                .filter(path -> path.endsWith("libtorch_cpu.so"))
                .findFirst()
                .orElseThrow()
                .getParent();
    }

    /** Whether it can use NVIDIA GPUs. */
    public boolean cuda() {
        return libraries.stream().anyMatch(path -> path.endsWith("libtorch_cuda.so"));
    }
}
