package org.drllava.distributed;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The process of one rank. What it prints is passed on by whole lines, each with the rank in front. */
final class RankProcess {
    /** A line is broken here, so that a process that never ends its line takes no more memory than this. */
    private static final int LONGEST_LINE = 1 << 16;
    /** Java's exit status of a process that signal n ended is this + n. */
    private static final int BY_SIGNAL = 128;
    private static final Map<Integer, String> SIGNALS = Map.of(1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS",
            8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");

    private final int rank;
    private final Process process;
    private final CompletableFuture<Void> end;
    private volatile String complaint = "";

    private RankProcess(int rank, Process process, Consumer<String> out, Consumer<String> err) {
        this.rank = rank;
        this.process = process;
        end = CompletableFuture.allOf(process.onExit(), pass(process.getInputStream(), out), pass(process.getErrorStream(), line -> {
            complaint = line.startsWith("drllava: ") ? line.substring("drllava: ".length()) : complaint;
            err.accept(line);
        }));
    }

    /** @param out takes the lines of standard output, @param err those of standard error, both with the rank in front */
    static RankProcess start(int rank, ProcessBuilder builder, Consumer<String> out, Consumer<String> err) {
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String prefix = "[" + rank + "] ";
            return new RankProcess(rank, process, line -> out.accept(prefix + line), line -> err.accept(prefix + line));
        } catch (IOException e) {
            throw new UncheckedIOException("Rank " + rank + " cannot be started: " + e.getMessage(), e);
        }
    }

    /** Complete when the process has ended and all it said was passed on. */
    CompletableFuture<Void> end() {
        return end;
    }

    long pid() {
        return process.pid();
    }

    /** Of an ended process. */
    int status() {
        return process.exitValue();
    }

    /** How it ended, in words. */
    String describe() {
        int signal = status() - BY_SIGNAL;
        String how = SIGNALS.containsKey(signal) ? "was ended by " + SIGNALS.get(signal) : "ended with status " + status();
        return "rank " + rank + " " + how + (complaint.isEmpty() ? "" : ": " + complaint);
    }

    /** Asks it to end: SIGTERM. Process.destroy would also close the streams on which its last words come. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Ends it: SIGKILL. */
    void kill() {
        process.toHandle().destroyForcibly();
    }

    private CompletableFuture<Void> pass(InputStream stream, Consumer<String> lines) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (InputStream in = new BufferedInputStream(stream)) {
                passLines(in, lines);
            } catch (IOException e) {
                // The process has gone, and the stream with it.
            } finally {
                done.complete(null);
            }
        });
        return done;
    }

    private static void passLines(InputStream in, Consumer<String> lines) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b; (b = in.read()) >= 0;) {
            if (b != '\n') {
                line.write(b);
            }
            if (b == '\n' || line.size() == LONGEST_LINE) {
                lines.accept(line.toString(StandardCharsets.UTF_8));
                line.reset();
            }
        }
        if (line.size() > 0) {
            lines.accept(line.toString(StandardCharsets.UTF_8));
        }
    }
}
