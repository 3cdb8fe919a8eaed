package org.drllava.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.drllava.bench.BytesProgram.Counts;
import org.drllava.distributed.NcclDouble;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which way the bytes of a PPO iteration of two ranks go: between Java arrays and native memory, and between host memory and the
 * device of NCCL's stand-in. Two models learn from as many tokens: only what the ranks exchange natively may grow with the model.
 */
class ZeroCopyTest {
    private static final int RANKS = 2;
    /** Numbers of a gradient that come down to one, whose sum all ranks know: of tensor.Shards. */
    private static final int BLOCK = 4096;
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    private Path folder;

    @Test
    void nothingThatGrowsWithTheModelPassesThroughJavaArrays() throws IOException, InterruptedException {
        assumeTrue(Kernels.available(Device.CPU), () -> Kernels.description(Device.CPU));
        Counts small = train(1);
        Counts large = train(16);
        System.out.println("an iteration: " + small + ", " + large);
        long growth = large.parameters() - small.parameters();
        assertThat(large.parameters()).isGreaterThan(10 * small.parameters());
        // With two ranks each sends half of every gradient and half of the new parameters.
        assertThat(large.exchanged() - small.exchanged()).isGreaterThanOrEqualTo(BytesProgram.STEPS * growth * Float.BYTES);
        // The norm of a block comes from its kernel, goes to the others and comes back with theirs.
        long norms = (growth / BLOCK + RANKS) * Double.BYTES * (2 + RANKS);
        assertThat(large.throughArrays()).isBetween(small.throughArrays(), small.throughArrays() + BytesProgram.STEPS * norms);
    }

    private Counts train(int size) throws IOException, InterruptedException {
        int port = freePort();
        List<Process> processes = new ArrayList<>();
        try {
            for (int rank = 0; rank < RANKS; rank++) {
                processes.add(start(rank, port, size));
            }
            for (int rank = 0; rank < RANKS; rank++) {
                boolean ended = processes.get(rank).waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertThat(ended && processes.get(rank).exitValue() == 0).as(Files.readString(output(rank))).isTrue();
            }
            return JsonMapper.shared().readValue(Files.readAllLines(output(0)).getLast(), Counts.class);
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    private Process start(int rank, int port, int size) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), BytesProgram.class.getName(), folder.toString(),
                String.valueOf(size));
        builder.environment().putAll(NcclDouble.environment());
        builder.environment().putAll(Map.of("RANK", String.valueOf(rank), "WORLD_SIZE", String.valueOf(RANKS), "LOCAL_RANK", String.valueOf(rank),
                "MASTER_PORT", String.valueOf(port)));
        return builder.redirectErrorStream(true).redirectOutput(output(rank).toFile()).start();
    }

    private Path output(int rank) {
        return folder.resolve("output-" + rank);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
