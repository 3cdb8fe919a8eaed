package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.drllava.checkpoint.Sha256;
import org.drllava.common.StepLog;
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
        clinic = TinyClinic.write(folder, 40); // more pictures than a unit of them, so that ranks share those too
        List<String> options = ppo("one", 3);
        options.addAll(List.of("--workers", "2"));
        Ran.with(options.toArray()).succeeds();
        adapter = sha256("one");
    }

    @Test
    void launch() throws IOException, InterruptedException {
        List<String> command = program("launch", "--nproc", "2");
        command.addAll(ppo("launched", 3));
        List<String> lines = run(new ProcessBuilder(command).redirectErrorStream(true), 0);
        assertThat(sha256("launched")).isEqualTo(adapter);
        assertThat(lines).anyMatch(line -> line.matches("\\[0] Of .* s, 2 ranks spent .* s \\(.* %\\) in collectives over tcp, .*"));
        assertThat(StepLog.read(folder.resolve("launched/log.jsonl"))).hasSize(3).allSatisfy(line ->
                assertThat(line.get("time/collectives_s").doubleValue()).isBetween(1e-9, line.get("time/iteration_s").doubleValue()));
    }

    @ParameterizedTest
    @EnumSource
    void mpirun(MpiRun mpirun) throws IOException, InterruptedException {
        assumeTrue(mpirun.isInstalled(), mpirun::absence);
        List<String> command = program();
        command.addAll(ppo(mpirun.name(), 2));
        run(mpirun.of(2, command), 0);
        List<String> rest = ppo(mpirun.name(), 3);
        rest.add("--resume");
        Ran.with(rest.toArray()).succeeds(); // in one process
        assertThat(sha256(mpirun.name())).isEqualTo(adapter);
    }

    @Test
    void aBatchThatCannotBeSharedIsRefusedBeforeTheModelIsLookedAt() throws IOException, InterruptedException {
        List<String> command = program();
        List<String> options = ppo("refused", 1);
        options.set(options.indexOf("--model") + 1, folder.resolve("nowhere").toString());
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("RANK", "0", "WORLD_SIZE", "3"));
        assertThat(run(builder, 2)).containsExactly("drllava: The minibatch of 8 conversations (--minibatch) in units of 2 cannot be shared evenly by 3 ranks;"
                + " the nearest that can: --minibatch 6, or 2 ranks.");
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

    private static List<String> run(ProcessBuilder builder, int status) throws IOException, InterruptedException {
        Process process = builder.start();
        try (BufferedReader reader = process.inputReader()) {
            List<String> lines = reader.readAllLines();
            assertThat(process.waitFor()).as(String.join("\n", lines)).isEqualTo(status);
            return lines;
        }
    }

    private static String sha256(String output) {
        return Sha256.of(folder.resolve(output).resolve("adapter"));
    }
}
