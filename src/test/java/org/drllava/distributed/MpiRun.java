package org.drllava.distributed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The mpirun of a family of MPI libraries, where it is installed. */
public enum MpiRun {
    OPEN_MPI("Open MPI", "openmpi-bin", "mpirun.openmpi"),
    MPICH("HYDRA", "mpich", "mpirun.mpich");

    /** As many ranks as a test wants on any host, also for root, as in containers; a core may serve several. */
    private static final Map<String, String> ENVIRONMENT = Map.of("OMPI_ALLOW_RUN_AS_ROOT", "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1",
            "OMPI_MCA_rmaps_base_oversubscribe", "1", "OMPI_MCA_hwloc_base_binding_policy", "none");

    private final String word;
    private final String debianPackage;
    private final String debianName;
    private Optional<Path> found;

    MpiRun(String word, String debianPackage, String debianName) {
        this.word = word;
        this.debianPackage = debianPackage;
        this.debianName = debianName;
    }

    /** Why tests that need it are skipped. */
    public String absence() {
        return "skipped without " + this + ", which Debian's package " + debianPackage + " has";
    }

    public boolean isInstalled() {
        return file().isPresent();
    }

    /** What starts {@code ranks} processes of {@code program}; standard error goes where standard output goes. */
    public ProcessBuilder of(int ranks, List<String> program) {
        List<String> words = new ArrayList<>(List.of(file().orElseThrow().toString(), "-n", String.valueOf(ranks)));
        words.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().putAll(ENVIRONMENT);
        builder.environment().putAll(Map.of("MASTER_PORT", String.valueOf(Together.freePort()), "DRLLAVA_SECRET", Together.SECRET));
        return builder;
    }

    private synchronized Optional<Path> file() {
        if (found == null) {
            found = Stream.of(System.getenv("PATH").split(":")).flatMap(folder -> Stream.of(debianName, "mpirun").map(Path.of(folder)::resolve))
                    .filter(file -> Files.isExecutable(file) && version(file).contains(word)).findFirst();
        }
        return found;
    }

    private static String version(Path file) {
        try (BufferedReader reader = new ProcessBuilder(file.toString(), "--version").redirectErrorStream(true).start().inputReader()) {
            return String.join("\n", reader.readAllLines()).replace("OpenRTE", "Open MPI");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "mpirun of " + (this == OPEN_MPI ? "Open MPI" : "MPICH");
    }
}
