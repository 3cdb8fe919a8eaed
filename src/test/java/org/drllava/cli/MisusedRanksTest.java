package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users of several ranks get wrong ends each rank with one sentence. */
class MisusedRanksTest {
    @TempDir
    private static Path folder;
    private static NanoRun nano;

    @BeforeAll
    static void write() {
        nano = NanoRun.in(folder, 1);
    }

    @Test
    void aBatchThatCannotBeSharedIsRefusedBeforeTheModelIsLookedAt() throws IOException, InterruptedException {
        List<String> ppo = nano.ppo("x", "--model", folder.resolve("nowhere"));
        try (Job job = Job.start(ppo, environment(0, 3, 1))) {
            refuses(job, "The minibatch of 16 conversations (--minibatch) in units of 4 cannot be shared evenly by 3 ranks;"
                    + " the nearest that can: --minibatch 12, or 2 ranks.");
        }
    }

    @Test
    void theGpuOfAnotherRank() throws IOException, InterruptedException {
        try (Job job = Job.start(nano.ppo("x", "--device", "cuda:1"), environment(0, 2, 1))) {
            refuses(job, "--device cuda:1: rank 0 works on cuda:0, the GPU with its number among the ranks of its host; give --device cuda.");
        }
    }

    @Test
    void ranksWithDifferentOptions() throws IOException, InterruptedException {
        int port = freePort();
        try (Job first = Job.start(nano.ppo("x"), environment(0, 2, port));
                Job second = Job.start(nano.ppo("x", "--learning-rate", "2e-3"), environment(1, 2, port))) {
            String sentence = "Ranks 0 and 1 do not run the same: --learning-rate is 0.001 on rank 0 and 0.002 on rank 1.";
            refuses(first, sentence);
            refuses(second, sentence);
        }
    }

    @Test
    void aPortThatIsTaken() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Job job = Job.start(nano.ppo("x"), environment(0, 2, taken.getLocalPort()))) {
            refuses(job, "Port " + taken.getLocalPort() + " of 127.0.0.1 is taken by another process; choose another for this run,"
                    + " with MASTER_PORT or launch --master.");
        }
    }

    @Test
    void anotherSecret() throws IOException, InterruptedException {
        int port = freePort();
        Map<String, String> other = new HashMap<>(environment(1, 2, port));
        other.put("DRLLAVA_SECRET", "a secret of somebody else");
        try (Job first = Job.start(nano.ppo("x", "--timeout", 4), environment(0, 2, port)); Job second = Job.start(nano.ppo("x", "--timeout", 4), other)) {
            refuses(second, "Rank 1 and the process at 127.0.0.1:" + port + " do not have the same secret; set DRLLAVA_SECRET to the same value on all ranks,"
                    + " and see that no other run uses that port.");
            assertThat(first.awaitEnd()).isEqualTo(1);
            assertThat(complaints(first)).singleElement().asString().contains("within 2666 ms", "turned away", "127.0.0.1");
        }
    }

    @Test
    void aRankThatDoesNotCome() throws IOException, InterruptedException {
        try (Job job = Job.start(nano.ppo("x", "--timeout", 2), environment(0, 2, freePort()))) {
            assertThat(job.awaitEnd()).isEqualTo(1);
            assertThat(complaints(job)).singleElement().asString().startsWith("drllava: Rank 1 of 2 did not come to 127.0.0.1:").endsWith(" within 1333 ms.");
        }
    }

    @Test
    void mpiWithoutALibrary() throws IOException, InterruptedException {
        Path libraries = Files.createDirectories(folder.resolve("libraries"));
        for (String name : List.of("libmpi.so.40", "libmpi.so")) { // before those of the system, should it have some
            Files.writeString(libraries.resolve(name), "no library");
        }
        Map<String, String> environment = Map.of("OMPI_COMM_WORLD_RANK", "0", "OMPI_COMM_WORLD_SIZE", "2", "LD_LIBRARY_PATH", libraries.toString());
        try (Job job = Job.start(nano.ppo("x", "--collectives", "mpi"), environment)) {
            assertThat(job.awaitEnd()).isEqualTo(2);
            assertThat(complaints(job)).singleElement().asString().startsWith("drllava: --collectives mpi: There is no library of Open MPI (")
                    .endsWith("install it, on Debian with apt-get install openmpi-bin, or put its folder into LD_LIBRARY_PATH.");
        }
    }

    @Test
    void ncclWithoutALibrary() throws IOException, InterruptedException {
        Path libraries = Files.createDirectories(folder.resolve("nvidia"));
        Files.writeString(libraries.resolve("libnccl.so.2"), "no library"); // before that of the system, should it have one
        Map<String, String> environment = new HashMap<>(environment(0, 2, freePort()));
        environment.put("LD_LIBRARY_PATH", libraries.toString());
        try (Job job = Job.start(nano.ppo("x", "--collectives", "nccl"), environment)) {
            assertThat(job.awaitEnd()).isEqualTo(2);
            assertThat(complaints(job)).singleElement().asString().startsWith("drllava: --collectives nccl: There is no NCCL (")
                    .endsWith("install PyTorch for CUDA and let DRLLAVA_LIBTORCH name its folder torch/lib, or put the folder of libnccl.so.2 on LD_LIBRARY_PATH.");
        }
    }

    private static void refuses(Job job, String sentence) throws InterruptedException {
        int status = job.awaitEnd();
        assertThat(complaints(job)).containsExactly("drllava: " + sentence);
        assertThat(status).isEqualTo(2);
    }

    /** All that was printed but progress. */
    private static List<String> complaints(Job job) {
        List<String> lines = new ArrayList<>(job.lines());
        lines.removeIf(line -> line.startsWith("Pictures ") || line.startsWith("PPO "));
        return lines;
    }

    private static Map<String, String> environment(int rank, int size, int port) {
        return Map.of("RANK", String.valueOf(rank), "WORLD_SIZE", String.valueOf(size), "MASTER_PORT", String.valueOf(port),
                "DRLLAVA_SECRET", "a secret of this test");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
