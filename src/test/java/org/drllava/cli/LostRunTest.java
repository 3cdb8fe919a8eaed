package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.drllava.distributed.MpiRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of which a rank is killed or stopped at a random moment end in time, name the rank, leave neither process nor port, and
 * come to the same bits when they are resumed.
 */
class LostRunTest {
    private static final int ITERATIONS = 6;
    private static final int TIMEOUT_SECONDS = NanoRun.FULL ? 40 : 16;
    /** Of the run, before which nothing is struck; a rank that hangs while it starts takes the others longest to give up. */
    private static final double EARLIEST = NanoRun.FULL ? 0.05 : 0.4;
    private static final int KILLS = NanoRun.FULL ? 30 : 1;
    private static final int STOPS = NanoRun.FULL ? 10 : 1;

    @TempDir
    private static Path folder;
    private static NanoRun nano;
    private static String expected;

    private enum Starter { LAUNCH, OPEN_MPI, MPICH }

    /** @param fraction of the time that a run takes */
    private record Blow(String signal, int rank, int ranks, Starter starter, double fraction) {
        @Override
        public String toString() {
            return "SIG%s to rank %d of %d, started by %s, after %.0f %% of the run".formatted(signal, rank, ranks, starter, 100 * fraction);
        }
    }

    @BeforeAll
    static void oneProcess() {
        nano = NanoRun.in(folder, ITERATIONS);
        expected = nano.alone("one");
    }

    @TestFactory
    Stream<DynamicTest> blows() {
        long seed = Long.getLong("drllava.distributed.seed", System.nanoTime());
        System.out.println("LostRunTest -Ddrllava.distributed.seed=" + seed);
        Random random = new Random(seed);
        List<Starter> starters = Stream.of(Starter.values()).filter(starter -> mpirun(starter).map(MpiRun::isInstalled).orElse(true)).toList();
        List<Blow> blows = new ArrayList<>();
        for (int i = 0; i < KILLS + STOPS; i++) {
            int ranks = NanoRun.FULL && random.nextInt(3) == 0 ? 4 : 2;
            Starter starter = random.nextInt(3) > 0 ? Starter.LAUNCH : starters.get(random.nextInt(starters.size()));
            // MPICH's mpirun waits for ever for a process that hangs before it has joined MPI.
            double earliest = i >= KILLS && starter == Starter.MPICH ? 0.4 : EARLIEST;
            blows.add(new Blow(i < KILLS ? "KILL" : "STOP", random.nextInt(ranks), ranks, starter, earliest + (0.85 - earliest) * random.nextDouble()));
        }
        return blows.stream().map(blow -> DynamicTest.dynamicTest(blow.toString(), () -> strike(blow, blows.indexOf(blow))));
    }

    private static Optional<MpiRun> mpirun(Starter starter) {
        return switch (starter) {
            case LAUNCH -> Optional.empty();
            case OPEN_MPI -> Optional.of(MpiRun.OPEN_MPI);
            case MPICH -> Optional.of(MpiRun.MPICH);
        };
    }

    private static void strike(Blow blow, int number) throws IOException, InterruptedException {
        String output = "struck-" + number;
        int port = freePort();
        try (Job job = start(blow, output, port)) {
            ProcessHandle rank = awaitMoment(job, blow);
            List<ProcessHandle> processes = job.descendants();
            // Ranks wait for one that does not come from when they have started, which takes long on a busy host.
            int allowed = job.lines().isEmpty() ? 2 * TIMEOUT_SECONDS : TIMEOUT_SECONDS;
            Job.signal(blow.signal(), rank);
            long start = System.nanoTime();
            int status = job.awaitEnd();
            double seconds = (System.nanoTime() - start) / 1e9;
            String said = String.join("\n", job.lines());
            assertThat(status).as(said).isNotZero();
            assertThat(seconds).as(said).isLessThan(allowed);
            assertThat(job.lines()).anyMatch(line -> names(line, blow));
            assertThat(Job.ended(processes, TIMEOUT_SECONDS)).as("no process is left").isTrue();
            requireFree(port);
            System.out.printf("%-75s ended after %4.1f s: %s%n", blow, seconds, job.lines().stream().filter(line -> names(line, blow)).findFirst().orElseThrow());
        }
        assertThat(nano.alone(output, "--resume")).isEqualTo(expected);
    }

    /** Waits for the moment, which is told by iterations, as a host may be slow. @return whom the blow is for */
    private static ProcessHandle awaitMoment(Job job, Blow blow) throws InterruptedException {
        ProcessHandle rank = job.awaitRank(blow.rank()).orElseThrow();
        int iteration = (int) (blow.fraction() * (ITERATIONS + 2)) - 2; // before the first: while it starts
        if (iteration > 0) {
            job.await(line -> line.contains(" " + iteration + "/" + ITERATIONS + " iteration "));
        }
        double rest = blow.fraction() * (ITERATIONS + 2) % 1;
        assertThat(job.endsWithin((long) (rest * (iteration > 0 ? 100 : 1500)))).as(() -> String.join("\n", job.lines())).isFalse();
        return rank;
    }

    /** mpirun has the first word when a rank dies; MPICH's says how but not which. */
    private static boolean names(String line, Blow blow) {
        return line.matches(".*\\b[Rr]ank " + blow.rank() + " (of " + blow.ranks() + "|could not be reached|was ended|with PID)\\b.*")
                || blow.starter() == Starter.MPICH && blow.signal().equals("KILL") && line.endsWith("EXIT CODE: 9");
    }

    private static Job start(Blow blow, String output, int port) throws IOException {
        List<String> ppo = nano.ppo(output, "--timeout", TIMEOUT_SECONDS, "--checkpoint-every", 1);
        Optional<MpiRun> mpirun = mpirun(blow.starter());
        if (mpirun.isPresent()) {
            ProcessBuilder builder = mpirun.get().of(blow.ranks(), Job.program(ppo));
            builder.environment().put("MASTER_PORT", String.valueOf(port));
            return Job.start(builder);
        }
        List<String> words = new ArrayList<>(List.of("launch", "--nproc", String.valueOf(blow.ranks()), "--master", "127.0.0.1:" + port,
                "--timeout", String.valueOf(TIMEOUT_SECONDS)));
        words.addAll(ppo);
        return Job.start(words, Map.of());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Throws when somebody listens there. */
    private static void requireFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // as connections that were closed linger a while
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
    }
}
