package org.drllava.cli;

import static org.drllava.cli.DoctorCheck.fail;
import static org.drllava.cli.DoctorCheck.none;
import static org.drllava.cli.DoctorCheck.optional;
import static org.drllava.cli.DoctorCheck.pass;

import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.drllava.bindings.cuda.CudaProbe;
import org.drllava.bindings.host.CacheFolder;
import org.drllava.bindings.host.HostFacts;
import org.drllava.bindings.host.Probe;
import org.drllava.bindings.host.UnpackedFiles;
import org.drllava.bindings.libtorch.LibTorchFiles;
import org.drllava.bindings.libtorch.LibTorchLocation;
import org.drllava.bindings.libtorch.LibTorchProbe;
import org.drllava.bindings.mpi.MpiProbe;
import org.drllava.bindings.nccl.NcclProbe;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;

/** Looks over the host, from the JVM up to libtorch and what else it could use. */
final class Doctor {
    private static final int OLDEST_JAVA = 25;
    /** Instruction sets that decide how fast products are, slowest first. */
    private static final List<String> INSTRUCTION_SETS =
            List.of("avx2", "fma", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16");

    private final OperatorProbe operator;
    private final List<DoctorCheck> checks = new ArrayList<>();

    private Doctor(OperatorProbe operator) {
        this.operator = operator;
    }

    /** Every check, in the order in which they build on each other. */
    static List<DoctorCheck> examine(OperatorProbe operator) {
        var doctor = new Doctor(operator);
        doctor.host();
        doctor.libtorch();
        doctor.libraries();
        return List.copyOf(doctor.checks);
    }

    private void host() {
        String java = Runtime.version() + " (" + System.getProperty("java.vendor") + ") at " + System.getProperty("java.home");
        checks.add(Runtime.version().feature() >= OLDEST_JAVA
                ? pass("Java", java)
                : fail("Java", java + "; JDK " + OLDEST_JAVA + " or newer is needed"));
        checks.add(pass("system", property("os.name") + " " + property("os.version") + " " + property("os.arch")));
        HostFacts facts = HostFacts.read();
        int cores = Runtime.getRuntime().availableProcessors();
        checks.add(pass("processor",
                (facts.cpuModel().isEmpty() ? "model unknown" : facts.cpuModel()) + ", " + cores + (cores == 1 ? " core" : " cores")));
        checks.add(instructionSets(facts));
        checks.add(pass("memory", gibibytes(facts.memoryBytes()) + ", " + gibibytes(facts.availableBytes())
                + " available; Java heap up to " + gibibytes(Runtime.getRuntime().maxMemory())));
    }

    private static DoctorCheck instructionSets(HostFacts facts) {
        var has = INSTRUCTION_SETS.stream().collect(Collectors.partitioningBy(facts.instructionSets()::contains));
        String detail = Stream.of(
                        has.get(true).isEmpty() ? "" : String.join(" ", has.get(true)),
                        has.get(false).isEmpty() ? "" : "without " + String.join(" ", has.get(false)))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
        return has.get(true).isEmpty() ? none("instructions", detail) : pass("instructions", detail);
    }

    private void libtorch() {
        LibTorchLocation location;
        SymbolLookup libtorch;
        try {
            location = LibTorchFiles.locate();
            checks.add(cache(location));
            libtorch = LibTorchFiles.load(location);
            checks.add(pass("libtorch", location.version() + (location.cuda() ? " with CUDA" : " for the CPU") + ", from "
                    + location.origin()));
        } catch (RuntimeException e) {
            checks.add(fail("libtorch", ErrorSentence.of(e)));
            return;
        }
        checks.add(DoctorCheck.of("threads", () -> threads(LibTorchProbe.of(libtorch))));
        checks.add(DoctorCheck.of("operator", operator::run));
    }

    private static DoctorCheck cache(LibTorchLocation location) {
        Path folder = LibTorchFiles.bundledFolder();
        if (!location.folder().equals(folder)) {
            return none("cache", CacheFolder.root() + ", not needed with a libtorch of your own");
        }
        List<String> damaged = UnpackedFiles.damaged(LibTorchFiles.bundled(), folder);
        return damaged.isEmpty()
                ? pass("cache", folder + ", every file as it should be")
                : fail("cache", "damaged: " + String.join(", ", damaged) + "; delete " + folder);
    }

    private static String threads(LibTorchProbe probe) {
        return probe.threads() + " for operators, "
                + (probe.blasThreads().isPresent() ? probe.blasThreads().getAsInt() + " for OpenBLAS" : "BLAS inside libtorch");
    }

    private void libraries() {
        checks.add(kernels("kernels", Device.CPU));
        Probe gpu = CudaProbe.devices();
        checks.add(optional("GPU", gpu));
        if (gpu instanceof Probe.Found) {
            checks.add(kernels("GPU kernels", new Device.Cuda(0)));
        }
        checks.add(optional("CUDA runtime", CudaProbe.runtime()));
        checks.add(optional("NCCL", NcclProbe.run()));
        checks.add(optional("MPI", MpiProbe.run()));
    }

    private static DoctorCheck kernels(String name, Device device) {
        String text = Kernels.description(device);
        return Kernels.available(device) ? pass(name, text) : none(name, text);
    }

    private static String property(String name) {
        return System.getProperty(name);
    }

    private static String gibibytes(long bytes) {
        return bytes == 0 ? "unknown" : String.format(Locale.ROOT, "%.1f GiB", bytes / 0x1p30);
    }
}
