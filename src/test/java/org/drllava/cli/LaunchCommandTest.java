package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchCommandTest {
    @Test
    void onlyWhatTrainsIsLaunched() {
        Ran.with("launch", "--nproc", 2, "demo").refuses("sft or ppo", "\"demo\"");
    }

    @Test
    void numbersThatMakeNoSenseAreRefused() {
        Ran.with("launch", "--nproc", 0, "ppo").refuses("--nproc");
        Ran.with("launch", "--nproc", 2, "--nnodes", 2, "ppo").refuses("--master");
        Ran.with("launch", "--nproc", 2, "--max-restarts", -1, "ppo").refuses("--max-restarts");
    }

    @Test
    void optionsBehindTheCommandBelongToIt() {
        Ran ran = Ran.with("launch", "--nproc", 2, "sft", "--nproc", 3);
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err().lines()).anyMatch(line -> line.startsWith("[0] drllava: ")).anyMatch(line -> line.startsWith("[1] drllava: "))
                .anyMatch(line -> line.startsWith("drllava: The run has ended, as rank "));
    }

    @Test
    void aConfigurationFileBehindTheCommandBelongsToItToo(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("run.yaml"), "nproc: 2\n");
        // An option of launch: were the file taken for launch's, demo would be what is refused.
        Ran.with("launch", "--nproc", 1, "demo", "--config", file).refuses("\"demo\"");
        Ran.with("launch", "--config", file, "demo").refuses("\"demo\"");
    }
}
