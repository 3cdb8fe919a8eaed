package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.drllava.common.StepLog;
import org.drllava.distributed.MpiRun;
import org.drllava.distributed.NcclDouble;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs of the command line in several processes end in the bits of one process. */
class ManyRanksTest {
    private static final int ITERATIONS = NanoRun.FULL ? 20 : 4;

    @TempDir
    private static Path folder;
    private static NanoRun nano;
    private static String expected;

    @BeforeAll
    static void oneProcess() {
        nano = NanoRun.in(folder, ITERATIONS);
        expected = nano.alone("one", "--workers", 2);
        show("one process", expected);
    }

    private static int[] sizes() {
        return NanoRun.FULL ? new int[] {2, 4} : new int[] {2};
    }

    private static Stream<Arguments> mpi() {
        return Stream.of(MpiRun.values()).flatMap(mpirun -> IntStream.of(sizes()).mapToObj(ranks -> Arguments.of(mpirun, ranks)));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void launched(int ranks) throws IOException, InterruptedException {
        String output = "launched-" + ranks;
        List<String> lines = succeeds(new ProcessBuilder(Job.program(nano.launch(ranks, output))));
        assertSame("launch --nproc " + ranks + ", TCP", output);
        assertThat(lines).anyMatch(line -> line.matches("\\[0] Of .* s, " + ranks + " ranks spent .* s \\(.* %\\) in collectives over tcp, .*"));
        assertThat(StepLog.read(nano.output(output).resolve("log.jsonl"))).hasSize(ITERATIONS).allSatisfy(line ->
                assertThat(line.get("time/collectives_s").doubleValue()).isBetween(1e-9, line.get("time/iteration_s").doubleValue()));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void overNccl(int ranks) throws IOException, InterruptedException {
        String output = "nccl-" + ranks;
        ProcessBuilder builder = new ProcessBuilder(Job.program(nano.launch(ranks, output, "--collectives", "nccl")));
        builder.environment().putAll(NcclDouble.environment());
        List<String> lines = succeeds(builder);
        assertSame("launch --nproc " + ranks + ", NCCL's double", output);
        assertThat(lines).anyMatch(line -> line.contains("in collectives over NCCL 2.99.99"));
    }

    @ParameterizedTest
    @MethodSource("mpi")
    void underMpirun(MpiRun mpirun, int ranks) throws IOException, InterruptedException {
        assumeTrue(mpirun.isInstalled(), mpirun::absence);
        String output = mpirun.name() + ranks;
        List<String> lines = succeeds(mpirun.of(ranks, Job.program(nano.ppo(output))));
        assertSame(mpirun + " -n " + ranks, output);
        assertThat(lines).anyMatch(line -> line.contains("in collectives over " + (mpirun == MpiRun.OPEN_MPI ? "Open MPI " : "MPICH ")));
    }

    @Test
    void killedAndResumedOnAnotherNumberOfRanks() throws IOException, InterruptedException {
        int ranks = sizes()[sizes().length - 1];
        long seed = System.nanoTime();
        System.err.println("ManyRanksTest seed " + seed);
        Random random = new Random(seed);
        int iteration = 1 + random.nextInt(ITERATIONS - 2); // the last one might be over before the blow
        try (Job job = Job.start(nano.launch(ranks, "killed"), Map.of())) {
            ProcessHandle rank = job.awaitRank(random.nextInt(ranks)).orElseThrow();
            job.await(line -> line.contains(" " + iteration + "/" + ITERATIONS + " iteration "));
            rank.destroyForcibly();
            assertThat(job.awaitEnd()).isEqualTo(1);
        }
        nano.alone("killed", "--resume");
        assertSame("killed on %d ranks in iteration %d, resumed on 1".formatted(ranks, iteration + 1), "killed");
    }

    private static List<String> succeeds(ProcessBuilder builder) throws IOException, InterruptedException {
        try (Job job = Job.start(builder)) {
            int status = job.awaitEnd();
            assertThat(status).as(String.join("\n", job.lines())).isZero();
            return job.lines();
        }
    }

    private static void assertSame(String name, String output) {
        show(name, nano.adapter(output));
        assertThat(nano.adapter(output)).isEqualTo(expected);
    }

    /** A row of the table that tools/distributed-check is for. */
    private static void show(String name, String hash) {
        System.out.printf("adapter after %d iterations | %-50s | %s%n", ITERATIONS, name, hash);
    }
}
