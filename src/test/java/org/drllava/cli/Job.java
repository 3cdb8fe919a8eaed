package org.drllava.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The command line in processes of its own, with what they print. Nothing of it is left when this is closed. */
final class Job implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 400;
    /** By which the launchers tell a process its rank. */
    private static final List<String> RANK = List.of("RANK=", "OMPI_COMM_WORLD_RANK=", "PMI_RANK=");

    private final Process process;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Void> read = new CompletableFuture<>();

    private Job(Process process) {
        this.process = process;
        Thread.ofVirtual().start(() -> {
            try (BufferedReader reader = process.inputReader()) {
                for (String line; (line = reader.readLine()) != null;) {
                    synchronized (lines) {
                        lines.add(line);
                        lines.notifyAll();
                    }
                }
            } catch (IOException e) {
                // It was killed.
            } finally {
                read.complete(null);
            }
        });
    }

    /** What starts the program. */
    static List<String> program(List<?> arguments) {
        List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        arguments.forEach(argument -> words.add(argument.toString()));
        return words;
    }

    static Job start(List<?> arguments, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program(arguments));
        builder.environment().putAll(environment);
        return start(builder);
    }

    static Job start(ProcessBuilder builder) throws IOException {
        return new Job(builder.redirectErrorStream(true).start());
    }

    /** Standard output and error so far. */
    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Waits for a line like this, or the end. */
    void await(Predicate<String> wanted) throws InterruptedException {
        synchronized (lines) {
            while (!read.isDone() && lines.stream().noneMatch(wanted)) {
                lines.wait(100);
            }
        }
    }

    /** @return whether it ended within this time */
    boolean endsWithin(long milliseconds) throws InterruptedException {
        return process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
    }

    /** @return the exit status; all that was printed has been read then */
    int awaitEnd() throws InterruptedException {
        if (!endsWithin(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))) {
            throw new AssertionError("the job does not end: " + String.join("\n", lines()));
        }
        read.join();
        return process.exitValue();
    }

    /** Waits until a rank's process is there; nothing when the job has ended before. */
    Optional<ProcessHandle> awaitRank(int rank) throws InterruptedException {
        do {
            Optional<ProcessHandle> found = process.descendants().filter(handle -> isRank(handle, rank)).findFirst();
            if (found.isPresent()) {
                return found;
            }
        } while (!endsWithin(10));
        return Optional.empty();
    }

    /** All processes below the one that was started. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    private static boolean isRank(ProcessHandle handle, int rank) {
        Path folder = Path.of("/proc", String.valueOf(handle.pid()));
        try {
            // Between fork and exec a process still is its launcher.
            boolean java = Files.readString(folder.resolve("cmdline")).contains(Main.class.getName() + "\0ppo");
            List<String> variables = List.of(new String(Files.readAllBytes(folder.resolve("environ")), StandardCharsets.UTF_8).split("\0"));
            return java && RANK.stream().anyMatch(name -> variables.contains(name + rank));
        } catch (IOException e) {
            return false; // ended meanwhile
        }
    }

    static void signal(String name, ProcessHandle process) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).inheritIO().start().waitFor();
    }

    /** Whether all of these have ended within this time; a process without a parent may take a moment to vanish. */
    static boolean ended(List<ProcessHandle> processes, int seconds) throws InterruptedException {
        CountDownLatch left = new CountDownLatch(processes.size());
        processes.forEach(process -> process.onExit().thenRun(left::countDown));
        return left.await(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        Stream.concat(process.descendants().toList().stream(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroyForcibly);
    }
}
