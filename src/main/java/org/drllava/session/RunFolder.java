package org.drllava.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.checkpoint.Checkpoints;
import org.drllava.common.InputException;

/** Where a training run leaves its things. */
public record RunFolder(Path root) {
    /** The adapter trained, a PEFT folder. */
    public Path adapter() {
        return root.resolve("adapter");
    }

    /** The value model of PPO: a PEFT folder, the head beside it. */
    public Path value() {
        return root.resolve("value");
    }

    /** The model of a run that trains all of it, a Hugging Face folder. */
    public Path model() {
        return root.resolve("model");
    }

    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** What each rank did last, when a run of several failed. */
    public Path ranks() {
        return root.resolve("ranks");
    }

    /** A JSON line a step. */
    public Path log() {
        return root.resolve("log.jsonl");
    }

    /** The conversations of an iteration, a JSON line each. */
    public Path rollouts(long iteration) {
        return root.resolve("rollouts").resolve("iteration-%06d.jsonl".formatted(iteration));
    }

    /**
     * Makes the folder and sees to what a killed process left in it.
     *
     * @throws InputException when there is a run already that is not to be resumed, or the folder cannot be written
     */
    public void prepare(boolean resume) {
        try {
            Files.createDirectories(checkpoints());
        } catch (IOException e) {
            throw new InputException("--output: " + root + " cannot be made a folder to write to: " + e + ".", e);
        }
        if (!Files.isWritable(checkpoints())) {
            throw new InputException("--output: " + root + " cannot be written.");
        }
        Checkpoints.recover(checkpoints());
        if (!resume && Checkpoints.latest(checkpoints()).isPresent()) {
            throw new InputException("--output: " + root + " holds a run already; go on with it by --resume, or choose another folder.");
        }
    }

    /** Deletes rollouts of iterations after {@code last}, which a resumed run plays again. */
    void forgetRolloutsAfter(long last) {
        Path folder = rollouts(0).getParent();
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                for (Path file : files.filter(file -> file.getFileName().toString().compareTo(rollouts(last).getFileName().toString()) > 0).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("%s: cannot be tidied: %s".formatted(folder, e), e);
            }
        }
    }
}
