package org.drllava.bindings.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the kernel tells about this machine.
 *
 * @param cpuModel the processor's name, empty if unknown
 * @param instructionSets flags as in {@code /proc/cpuinfo}, for example {@code avx512_bf16}; empty where there is none
 * @param memoryBytes physical memory, 0 if unknown
 * @param availableBytes what programs can still take without swapping, 0 if unknown
 */
public record HostFacts(String cpuModel, Set<String> instructionSets, long memoryBytes, long availableBytes) {
    public HostFacts {
        instructionSets = Set.copyOf(instructionSets);
    }

    /** Reads {@code /proc}; what is not there stays unknown. */
    public static HostFacts read() {
        return parse(text(Path.of("/proc/cpuinfo")), text(Path.of("/proc/meminfo")));
    }

    static HostFacts parse(String cpuinfo, String meminfo) {
        // ARM kernels call the line "Features" and name no model.
        String flags = field(cpuinfo, "flags").or(() -> field(cpuinfo, "Features")).orElse("");
        return new HostFacts(
                field(cpuinfo, "model name").orElse(""),
                flags.isEmpty() ? Set.of() : Set.copyOf(List.of(flags.split("\\s+"))),
                kibibytes(meminfo, "MemTotal"),
                kibibytes(meminfo, "MemAvailable"));
    }

    private static long kibibytes(String meminfo, String name) {
        return field(meminfo, name).map(value -> 1024 * Long.parseLong(value.split(" ")[0])).orElse(0L);
    }

    private static Optional<String> field(String text, String name) {
        return text.lines()
                .filter(line -> line.contains(":") && line.substring(0, line.indexOf(':')).strip().equals(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
