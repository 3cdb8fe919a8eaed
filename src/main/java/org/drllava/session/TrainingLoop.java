package org.drllava.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import org.drllava.checkpoint.Checkpoints;
import org.drllava.checkpoint.RunSettings;
import org.drllava.checkpoint.RunState;
import org.drllava.common.DivergedException;
import org.drllava.common.Progress;
import org.drllava.common.StepLog;

/**
 * Takes a trainer to its end: a log line a step, checkpoints on the way and at the end, progress for who watches.
 *
 * @param name     of the training, for the progress line
 * @param unit     what a step is called there
 * @param resume   whether to go on from the newest checkpoint, where there is one
 * @param every    steps between checkpoints
 * @param keep     checkpoints to keep
 */
public record TrainingLoop(String name, String unit, RunFolder folder, RunSettings settings, boolean resume, int every, int keep) {
    /** What is taken to its end. */
    public interface Trainer {
        /** Steps done. */
        long done();

        /** Steps planned. */
        long planned();

        boolean finished();

        /** Does one step. */
        Report step();

        RunState save(RunSettings settings);

        void restore(RunState state);
    }

    /** What a step came to. @param values a map or record for the log; @param status a few words for who watches */
    public record Report(Object values, String status) {}

    /** @throws DivergedException saying where the last checkpoint is */
    public void run(Trainer trainer) {
        long saved = restore(trainer);
        try (StepLog log = StepLog.resume(folder.log(), trainer.done());
                Progress progress = Progress.resume(name, trainer.done(), trainer.planned(), unit)) {
            while (!trainer.finished()) {
                Report report = trainer.step();
                log.append(trainer.done(), report.values());
                if (trainer.done() % every == 0 || trainer.finished()) {
                    saved = save(trainer);
                }
                progress.step(report.status());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be written: %s".formatted(folder.log(), e), e);
        } catch (DivergedException e) {
            throw new DivergedException(e.getMessage() + (saved < 0 ? " There is no checkpoint yet."
                    : " The last checkpoint is that of " + unit + " " + saved + " in " + folder.checkpoints() + "."));
        }
    }

    /** @return the step of the checkpoint gone on from, or -1 */
    private long restore(Trainer trainer) {
        Optional<Path> newest = resume ? Checkpoints.latest(folder.checkpoints()) : Optional.empty();
        if (newest.isEmpty()) {
            return -1;
        }
        try (Arena arena = Arena.ofConfined()) {
            RunState state = RunState.read(newest.get(), arena);
            settings.requireSame(state, newest.get().toString());
            trainer.restore(state);
        }
        return trainer.done();
    }

    private long save(Trainer trainer) {
        Checkpoints.write(folder.checkpoints(), trainer.done(), trainer.save(settings));
        Checkpoints.keepLast(folder.checkpoints(), keep);
        return trainer.done();
    }
}
