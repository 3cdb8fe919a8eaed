package org.drllava.bindings.mpi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.bindings.Signatures;
import org.drllava.bindings.host.NativeLibraryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MpiTest {
    @TempDir
    private Path folder;

    /** A handle is a pointer in one header and an int in the other; everything else is the same in both. */
    @Test
    void descriptorsAreThoseOfBothHeaders() throws IllegalAccessException {
        MethodHandles.lookup().ensureInitialized(Mpi.class);
        MethodHandles.lookup().ensureInitialized(MpiRequests.class);
        assertThat(MpiLibrary.bound()).hasSizeGreaterThan(10);
        Signatures.check(withHandles(ADDRESS), "openmpi");
        Signatures.check(withHandles(JAVA_INT), "mpich");
        assertThatThrownBy(() -> Signatures.check(withHandles(ADDRESS), "mpich")).isInstanceOf(AssertionError.class);
    }

    private static Map<String, FunctionDescriptor> withHandles(ValueLayout layout) {
        Map<String, FunctionDescriptor> descriptors = new TreeMap<>();
        MpiLibrary.bound().forEach((name, descriptor) -> descriptors.put(name, FunctionDescriptor.of(JAVA_INT, descriptor.argumentLayouts().stream()
                .map(argument -> argument.equals(MpiLibrary.HANDLE) ? layout : argument).toArray(MemoryLayout[]::new))));
        return descriptors;
    }

    @Test
    void theLauncherSaysWhoseLibraryIsMeant() {
        assertThat(MpiFamily.launcher(Map.of("OMPI_COMM_WORLD_SIZE", "2"))).contains(MpiFamily.OPEN_MPI);
        assertThat(MpiFamily.launcher(Map.of("PMI_SIZE", "2", "PMI_RANK", "0"))).contains(MpiFamily.MPICH);
        assertThat(MpiFamily.launcher(Map.of("WORLD_SIZE", "2"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022 | Open MPI 4.1.4",
        "MPICH Version:\t4.0.2 | MPICH 4.0.2",
        "Intel(R) MPI Library 2021.9 for Linux* OS | Intel(R) MPI Library 2021.9 for Linux* OS"})
    void theVersionIsShort(String text, String expected) {
        assertThat(Mpi.shortened(text)).isEqualTo(expected);
    }

    @Test
    void aMissingLibraryIsNamedWithWhatBringsIt() {
        assertThatThrownBy(() -> MpiLibrary.find(List.of("Some MPI"), List.of("some-mpi"), List.of("libsome-mpi.so.1", "libsome-mpi.so")))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageStartingWith("There is no library of Some MPI (libsome-mpi.so.1: cannot open shared object file")
                .hasMessageContaining("apt-get install some-mpi");
    }

    /** UCX, which MPICH is linked with, takes over the signal by which HotSpot notices a null. */
    @Test
    void theVirtualMachineKeepsItsSignals() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), NullProgram.class.getName()).redirectErrorStream(true);
        builder.directory(folder.toFile()).environment().put("PMI_SIZE", "1"); // so MPICH's library is taken
        Process process = builder.start();
        try (BufferedReader reader = process.inputReader()) {
            List<String> lines = reader.readAllLines();
            assumeTrue(process.waitFor() != NullProgram.NO_MPI, () -> "skipped: " + lines);
            assertThat(process.exitValue()).as(lines::toString).isZero();
            assertThat(lines).last().asString().matches("\\d+ nulls noticed with MPICH.*");
        }
    }
}
