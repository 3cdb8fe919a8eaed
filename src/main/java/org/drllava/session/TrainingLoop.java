package org.drllava.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.drllava.checkpoint.Checkpoints;
import org.drllava.checkpoint.RunSettings;
import org.drllava.checkpoint.RunState;
import org.drllava.common.DivergedException;
import org.drllava.common.Progress;
import org.drllava.common.StepLog;
import org.drllava.common.StopRequest;
import org.drllava.common.StoppedException;
import org.drllava.distributed.Identity;
import org.drllava.tensor.Team;
import org.drllava.tensor.TensorScope;

/**
 * Takes a trainer to its end: a log line a step, checkpoints on the way and at the end, progress for who watches.
 *
 * @param name     of the training, for the progress line
 * @param unit     what a step is called there
 * @param resume   whether to go on from the newest checkpoint, where there is one
 * @param every    steps between checkpoints
 * @param keep     checkpoints to keep
 * @param team     of all ranks; its first one writes
 */
public record TrainingLoop(String name, String unit, RunFolder folder, RunSettings settings, boolean resume, int every, int keep,
        Team team) {
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

    /**
     * @throws DivergedException saying where the last checkpoint is
     * @throws StoppedException  after a checkpoint, when this rank or another is asked to end
     */
    public void run(Trainer trainer) {
        Identity.requireSame(team.ranks(), settings.values());
        long saved = restore(trainer);
        try (StepLog log = team.leads() ? StepLog.resume(folder.log(), trainer.done()) : StepLog.none();
                Progress progress = Progress.resume(name, trainer.done(), trainer.planned(), unit);
                StopRequest.Listening listening = StopRequest.listen()) {
            while (!trainer.finished()) {
                Report report = trainer.step();
                log.append(trainer.done(), report.values());
                boolean stop = stopAsked();
                if (trainer.done() % every == 0 || trainer.finished() || stop) {
                    saved = save(trainer);
                }
                progress.step(report.status());
                if (stop && !trainer.finished()) {
                    throw new StoppedException("Stopped on request after " + unit + " " + saved + ", whose checkpoint is in " + folder.checkpoints()
                            + "; go on with --resume.");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be written: %s".formatted(folder.log(), e), e);
        } catch (DivergedException e) {
            throw new DivergedException(e.getMessage() + (saved < 0 ? " There is no checkpoint yet."
                    : " The last checkpoint is that of " + unit + " " + saved + " in " + folder.checkpoints() + "."));
        }
    }

    /** A signal may reach one rank only, or all at different steps; they stop together. */
    private boolean stopAsked() {
        return team.gather(List.of(new double[] {StopRequest.made() ? 1 : 0})).stream().anyMatch(rank -> rank[0] == 1);
    }

    /** @return the step of the checkpoint gone on from, or -1 */
    private long restore(Trainer trainer) {
        double newest = resume && team.leads() ? Checkpoints.latest(folder.checkpoints()).map(Checkpoints::step).orElse(-1L) : -1;
        long step = (long) team.gather(List.of(new double[] {newest})).getFirst()[0];
        if (step < 0) {
            return -1;
        }
        Path checkpoint = Checkpoints.of(folder.checkpoints(), step);
        try (Arena arena = Arena.ofConfined()) {
            RunState state = RunState.read(checkpoint, arena);
            settings.requireSame(state, checkpoint.toString());
            trainer.restore(state);
        }
        return trainer.done();
    }

    private long save(Trainer trainer) {
        try (TensorScope scope = TensorScope.open()) {
            RunState state = trainer.save(settings);
            if (team.leads()) {
                Checkpoints.write(folder.checkpoints(), trainer.done(), state);
                Checkpoints.keepLast(folder.checkpoints(), keep);
            }
        }
        return trainer.done();
    }
}
