package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.drllava.checkpoint.Sha256;
import org.drllava.distributed.MpiRun;
import org.drllava.session.TinyClinic;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs of the command line in several processes end in the bits of one process. */
class ManyRanksTest {
    @TempDir
    private static Path folder;
    private static TinyClinic clinic;
    private static String adapter;

    @BeforeAll
    static void oneProcess() {
        clinic = TinyClinic.write(folder, 8);
        List<String> options = ppo("one", 3);
        options.addAll(List.of("--workers", "2"));
        Ran.with(options.toArray()).succeeds();
        adapter = sha256("one");
    }

    @Test
    void launch() throws IOException, InterruptedException {
        List<String> command = program("launch", "--nproc", "2");
        command.addAll(ppo("launched", 3));
        succeeds(new ProcessBuilder(command).redirectErrorStream(true));
        assertThat(sha256("launched")).isEqualTo(adapter);
    }

    @ParameterizedTest
    @EnumSource
    void mpirun(MpiRun mpirun) throws IOException, InterruptedException {
        assumeTrue(mpirun.isInstalled(), mpirun::absence);
        List<String> command = program();
        command.addAll(ppo(mpirun.name(), 2));
        succeeds(mpirun.of(2, command));
        List<String> rest = ppo(mpirun.name(), 3);
        rest.add("--resume");
        Ran.with(rest.toArray()).succeeds(); // in one process
        assertThat(sha256(mpirun.name())).isEqualTo(adapter);
    }

    private static List<String> program(String... more) {
        List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        words.addAll(List.of(more));
        return words;
    }

    private static List<String> ppo(String output, int iterations) {
        return new ArrayList<>(List.of("ppo", "--model", clinic.model().toString(), "--conversations", clinic.conversations().toString(), "--images",
                clinic.images().toString(), "--logic", clinic.logic().toString(), "--output", folder.resolve(output).toString(), "--iterations",
                String.valueOf(iterations), "--conversations-per-iteration", "8", "--rollout-group", "4", "--minibatch", "8", "--unit", "2", "--rank", "4",
                "--max-answer-tokens", "8", "--learning-rate", "1e-3"));
    }

    private static void succeeds(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        try (BufferedReader reader = process.inputReader()) {
            List<String> lines = reader.readAllLines();
            assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        }
    }

    private static String sha256(String output) {
        return Sha256.of(folder.resolve(output).resolve("adapter"));
    }
}
