package org.drllava.sft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.drllava.checkpoint.RunSettings;
import org.drllava.checkpoint.RunState;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.checkpoint.TrainingState;

/** Saves and restores a run: parameters, optimiser, progress, and the best weights so far. Conversations follow from the step. */
public final class SftCheckpoint {
    private static final String BEST = "best.values";

    private SftCheckpoint() {}

    public static RunState save(RunSettings settings, SftTrainer trainer) {
        SftProgress progress = trainer.progress();
        List<StoredTensor> tensors = new ArrayList<>();
        Map<String, Long> longs = new HashMap<>(Map.of("step", progress.step(), "evaluations_without_gain", progress.evaluationsWithoutGain()));
        state(trainer).save(tensors, longs);
        if (progress.best() != null) {
            tensors.add(StoredTensor.of(BEST, progress.best(), progress.best().length));
        }
        return RunState.of(settings.hash(), longs, Map.of("best_loss", progress.bestLoss()), settings.asStrings(), tensors);
    }

    public static void restore(RunState saved, SftTrainer trainer) {
        state(trainer).restore(saved);
        StoredTensor best = saved.tensors().get(BEST);
        trainer.progress().resume(saved.requireLong("step"), saved.requireDouble("best_loss"),
                saved.requireLong("evaluations_without_gain"), best == null ? null : best.toFloats());
    }

    private static TrainingState state(SftTrainer trainer) {
        return new TrainingState("trained", trainer.descent());
    }
}
