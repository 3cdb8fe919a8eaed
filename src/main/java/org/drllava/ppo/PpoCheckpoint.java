package org.drllava.ppo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.drllava.checkpoint.RunSettings;
import org.drllava.checkpoint.RunState;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.checkpoint.TrainingState;

/**
 * Saves and restores a run: policy, value model, both optimisers, the KL coefficient. Prompts and samples follow from seed and
 * iteration, and the reference from the adapter that the run started with.
 */
public final class PpoCheckpoint {
    private static final String KL_COEFFICIENT = "kl_coefficient";

    private PpoCheckpoint() {}

    public static RunState save(RunSettings settings, PpoTrainer trainer) {
        List<StoredTensor> tensors = new ArrayList<>();
        Map<String, Long> longs = new HashMap<>(Map.of("iteration", trainer.iteration()));
        states(trainer).forEach(state -> state.save(tensors, longs));
        return RunState.of(settings.hash(), longs, Map.of(KL_COEFFICIENT, trainer.klController().coefficient()), settings.asStrings(), tensors);
    }

    public static void restore(RunState saved, PpoTrainer trainer) {
        states(trainer).forEach(state -> state.restore(saved));
        trainer.klController().resume(saved.requireDouble(KL_COEFFICIENT));
        trainer.resumeAfter(saved.requireLong("iteration"));
    }

    private static List<TrainingState> states(PpoTrainer trainer) {
        return List.of(new TrainingState("policy", trainer.policy()), new TrainingState("value", trainer.value()));
    }
}
