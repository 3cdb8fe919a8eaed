package org.drllava.checkpoint;

import java.util.List;
import java.util.Map;
import org.drllava.common.InputException;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.Tensor;

/**
 * Parameters under training with their optimiser's state, as a {@link RunState} keeps them.
 *
 * @param name   tells it from others in the same checkpoint
 * @param values float32 [n]
 */
public record TrainingState(String name, Tensor values, AdamW optimizer) {
    /** Adds parameters, moments and number of steps. */
    public void save(List<StoredTensor> tensors, Map<String, Long> longs) {
        for (var part : parts().entrySet()) {
            float[] floats = part.getValue().toFloats();
            tensors.add(StoredTensor.of(part.getKey(), floats, floats.length));
        }
        longs.put(name + ".optimizer_steps", optimizer.steps());
    }

    /** @throws InputException when the checkpoint has another number of parameters */
    public void restore(RunState state) {
        parts().forEach((part, tensor) -> {
            StoredTensor stored = state.requireTensor(part);
            if (stored.elements() != tensor.elements()) {
                throw new InputException("the checkpoint's " + part + " has " + stored.elements() + " numbers, expected " + tensor.elements());
            }
            tensor.set(stored.toFloats());
        });
        optimizer.resumeAfter(state.requireLong(name + ".optimizer_steps"));
    }

    private Map<String, Tensor> parts() {
        return Map.of(name + ".values", values, name + ".first_moment", optimizer.firstMoment(), name + ".second_moment", optimizer.secondMoment());
    }
}
