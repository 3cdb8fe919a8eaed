package org.drllava.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Processes that find the stand-ins for NVIDIA's libraries, built from {@code native/double}, in the place of the real ones.
 *
 * @param output what a process has written, with its errors
 */
public record Doubles(Process process, BufferedReader output) implements AutoCloseable {
    private static final String PROPERTY = "drllava.doubles";
    private static final int PATIENCE_SECONDS = 60;

    /** Starts {@code main} of a class; skips the test, with the reason, where the doubles are not built. */
    public static Doubles start(Class<?> main, Object... arguments) {
        Path folder = Path.of(System.getProperty(PROPERTY, "")).toAbsolutePath();
        assumeTrue(Files.exists(folder.resolve("libnccl.so.2")), "the doubles of NVIDIA's libraries are not built: -D" + PROPERTY + " must name their folder");
        List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
            builder.environment().put("LD_LIBRARY_PATH", folder.toString());
            Process process = builder.start();
            return new Doubles(process, process.inputReader(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String line() {
        try {
            return output.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the end, which must be a good one. */
    public void succeeds() {
        try {
            String rest = String.join("\n", output.lines().toList());
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(rest).isTrue();
            assertThat(process.exitValue()).as(rest).isZero();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
