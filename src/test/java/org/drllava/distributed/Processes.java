package org.drllava.distributed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Processes that run {@link RankProgram}; none is left behind. */
final class Processes implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    final List<RankProcess> ranks = new ArrayList<>();
    final List<Process> others = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    static List<String> program(Path reports, int timeoutSeconds, String... task) {
        List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), RankProgram.class.getName(),
                reports.toString(), String.valueOf(timeoutSeconds)));
        words.addAll(List.of(task));
        return words;
    }

    /** As many ranks as {@code size}, without a launcher. */
    static Processes start(int size, Path reports, int timeoutSeconds, String... task) {
        return start(Map.of(), size, program(reports, timeoutSeconds, task));
    }

    /** The same over NCCL, or what stands in for it. */
    static Processes nccl(int size, Path reports, int timeoutSeconds, String... task) {
        List<String> program = program(reports, timeoutSeconds, task);
        program.add(1, "-Dtransport=NCCL");
        return start(NcclDouble.environment(), size, program);
    }

    private static Processes start(Map<String, String> environment, int size, List<String> program) {
        Processes processes = new Processes();
        String port = String.valueOf(Together.freePort());
        for (int rank = 0; rank < size; rank++) {
            ProcessBuilder builder = new ProcessBuilder(program);
            builder.environment().putAll(environment);
            builder.environment().putAll(Map.of("RANK", "" + rank, "WORLD_SIZE", "" + size, "LOCAL_RANK", "" + rank, "LOCAL_WORLD_SIZE", "" + size,
                    "MASTER_ADDR", "127.0.0.1", "MASTER_PORT", port, "DRLLAVA_SECRET", Together.SECRET));
            processes.ranks.add(RankProcess.start(rank, builder, processes.lines::add, processes.lines::add));
        }
        return processes;
    }

    /** A launcher in a process of its own. */
    static Processes launch(Path reports, int timeoutSeconds, String... task) throws IOException {
        Processes processes = new Processes();
        List<String> program = program(reports, timeoutSeconds, "launch");
        program.addAll(List.of(task));
        Process launcher = new ProcessBuilder(program).redirectErrorStream(true).start();
        processes.others.add(launcher);
        Thread.ofVirtual().start(() -> read(launcher, processes.lines));
        return processes;
    }

    /** An mpirun, in the place of rank 0. */
    static Processes mpirun(MpiRun mpirun, int size, Path reports, int timeoutSeconds, String... task) {
        Processes processes = new Processes();
        processes.ranks.add(RankProcess.start(0, mpirun.of(size, program(reports, timeoutSeconds, task)), processes.lines::add, processes.lines::add));
        return processes;
    }

    private static void read(Process process, BlockingQueue<String> lines) {
        try (BufferedReader reader = process.inputReader()) {
            for (String line; (line = reader.readLine()) != null;) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The process was killed.
        }
    }

    /** Waits for so many lines that are like this. */
    void await(int count, Predicate<String> wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (seen.stream().filter(wanted).count() < count) {
            try {
                String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null) {
                    throw new AssertionError("in vain waited for lines; seen: " + seen);
                }
                seen.add(line);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    List<String> seen() {
        lines.drainTo(seen);
        return seen;
    }

    /** @return seconds until the rank had ended */
    double awaitEnd(int rank) {
        long start = System.nanoTime();
        try {
            ranks.get(rank).end().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("rank " + rank + " does not end; seen: " + seen(), e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** Sends a signal such as STOP. */
    static void signal(String name, long process) {
        try {
            if (new ProcessBuilder("sh", "-c", "kill -" + name + " " + process).inheritIO().start().waitFor() != 0) {
                throw new AssertionError("no process " + process);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        ranks.forEach(RankProcess::kill);
        others.forEach(Process::destroyForcibly);
    }
}
