package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.drllava.checkpoint.Sha256;
import org.drllava.session.TinyClinic;

/**
 * A run of PPO of a few seconds, for tests with many processes. With {@code -Ddrllava.distributed=full} such tests do as much as
 * {@code tools/distributed-check} asks for.
 */
record NanoRun(TinyClinic clinic, Path folder, int iterations) {
    static final boolean FULL = "full".equals(System.getProperty("drllava.distributed"));

    static NanoRun in(Path folder, int iterations) {
        // More pictures than a unit of them, so that ranks share those too.
        return new NanoRun(TinyClinic.write(folder, 40), folder, iterations);
    }

    /** The arguments. @param more options in the place of those here, or besides */
    List<String> ppo(String output, Object... more) {
        List<String> words = new ArrayList<>(List.of("ppo", "--model", clinic.model().toString(), "--conversations", clinic.conversations().toString(), "--images",
                clinic.images().toString(), "--logic", clinic.logic().toString(), "--output", output(output).toString(), "--iterations",
                String.valueOf(iterations), "--conversations-per-iteration", "16", "--rollout-group", "4", "--minibatch", "16", "--unit", "4", "--rank", "4",
                "--max-answer-tokens", "8", "--learning-rate", "1e-3", "--checkpoint-every", "2"));
        for (int i = 0; i < more.length; i++) {
            int before = words.indexOf(more[i].toString());
            if (before >= 0 && more[i].toString().startsWith("--")) {
                words.set(before + 1, more[++i].toString());
            } else {
                words.add(more[i].toString());
            }
        }
        return words;
    }

    /** The same behind launch. */
    List<String> launch(int ranks, String output, Object... more) {
        List<String> words = new ArrayList<>(List.of("launch", "--nproc", String.valueOf(ranks)));
        words.addAll(ppo(output, more));
        return words;
    }

    /** Runs to the end in this process. @return the adapter's hash */
    String alone(String output, Object... more) {
        Ran.with(ppo(output, more).toArray()).succeeds();
        return adapter(output);
    }

    String adapter(String output) {
        assertThat(output(output).resolve("adapter/adapter_model.safetensors")).exists();
        return Sha256.of(output(output).resolve("adapter"));
    }

    Path output(String name) {
        return folder.resolve(name);
    }
}
