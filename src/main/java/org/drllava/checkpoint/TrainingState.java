package org.drllava.checkpoint;

import java.util.List;
import java.util.Map;
import org.drllava.common.InputException;
import org.drllava.tensor.DType;
import org.drllava.tensor.Descent;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * Parameters under training with their optimiser's state, as a {@link RunState} keeps them: whole, whatever number of ranks
 * they are spread over.
 *
 * @param name tells it from others in the same checkpoint
 */
public record TrainingState(String name, Descent descent) {
    /** Adds parameters, moments and number of steps; what is added lives as long as the innermost scope. All ranks call it. */
    public void save(List<StoredTensor> tensors, Map<String, Long> longs) {
        tensors.add(StoredTensor.of(values(), descent.values()));
        tensors.add(StoredTensor.of(firstMoment(), descent.firstMoment()));
        tensors.add(StoredTensor.of(secondMoment(), descent.secondMoment()));
        longs.put(steps(), descent.steps());
    }

    /** @throws InputException when the checkpoint has another number of parameters */
    public void restore(RunState state) {
        try (TensorScope scope = TensorScope.open()) {
            Ops.copyInto(descent.values(), read(state, values()));
            descent.resume(state.requireLong(steps()), read(state, firstMoment()), read(state, secondMoment()));
        }
    }

    private Tensor read(RunState state, String part) {
        StoredTensor stored = state.requireTensor(part);
        long expected = descent.values().elements();
        if (stored.dtype() != DType.FLOAT32 || stored.elements() != expected) {
            throw new InputException("the checkpoint's " + part + " has " + stored.elements() + " numbers of " + stored.dtype().safetensorsName()
                    + ", expected " + expected + " of F32");
        }
        Tensor host = stored.data().isNative() && stored.aligned() ? Tensors.wrap(stored.data(), DType.FLOAT32, expected)
                : Tensors.of(Device.CPU, stored.toFloats(), expected);
        return Ops.to(host, descent.values().device());
    }

    private String values() {
        return name + ".values";
    }

    private String firstMoment() {
        return name + ".first_moment";
    }

    private String secondMoment() {
        return name + ".second_moment";
    }

    private String steps() {
        return name + ".optimizer_steps";
    }
}
