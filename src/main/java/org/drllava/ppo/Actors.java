package org.drllava.ppo;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.drllava.checkpoint.SafetensorsWriter;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.model.AdapterFolder;
import org.drllava.model.LlavaModel;
import org.drllava.model.LoraAdapter;
import org.drllava.model.Network;
import org.drllava.model.Passes;
import org.drllava.model.Trainable;
import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;

/**
 * The networks of PPO, all on one frozen base: the policy's adapter, the reference's (where the policy starts, never
 * changed), and the value model's with its linear head, which starts at zero.
 *
 * @param reference adapter, or null where the policy started from the base alone
 * @param value     the value adapter and the head's {@code value_head.weight} [1, hidden] and {@code value_head.bias} [1]
 */
public record Actors(Trainable.Lora policy, Network reference, ParameterArena value) {
    private static final String HEAD_WEIGHT = "value_head.weight";
    private static final String HEAD_BIAS = "value_head.bias";

    /** Policy and value start with adapters that change nothing; the reference is the base. */
    public static Actors fresh(LlavaModel base, LoraAdapter.Settings settings, long seed) {
        Trainable.Lora policy = Trainable.Lora.fresh(base, settings, seed);
        ParameterArena value = valueArena(base, settings);
        Trainable.Lora.initialise(value, seed + 1);
        return new Actors(policy, Network.base(base), value);
    }

    /** All three start from an adapter, usually that of supervised fine-tuning. */
    public static Actors from(LlavaModel base, AdapterFolder.Loaded adapter) {
        ParameterArena value = valueArena(base, adapter.settings());
        adapter.into(value);
        return new Actors(Trainable.Lora.from(base, adapter), Trainable.Lora.from(base, adapter).frozen(), value);
    }

    /** The same, with what stays frozen laid out for many iterations; that belongs to the innermost scope. */
    Actors prepared() {
        Trainable.Lora ready = policy.prepared();
        Network start = reference.model() == policy.base() ? new Network(ready.base(), reference.adapter()) : reference;
        return new Actors(ready, start.packed(), value);
    }

    private static ParameterArena valueArena(LlavaModel base, LoraAdapter.Settings settings) {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>(LoraAdapter.shapes(base.config().text(), settings));
        shapes.put(HEAD_WEIGHT, new long[] {1, base.config().text().hiddenSize()});
        shapes.put(HEAD_BIAS, new long[] {1});
        return new ParameterArena(base.device(), shapes);
    }

    /** Rewards to come, by the head among {@code parameters}. @param states [n, hidden]; @return float32 [n] */
    static Tensor values(Tensor states, Map<String, Tensor> parameters) {
        return Ops.view(Ops.linear(Ops.to(states, DType.FLOAT32), parameters.get(HEAD_WEIGHT), parameters.get(HEAD_BIAS)), states.size(0));
    }

    /** Recorded passes of the value model, its parameters as they stand; see {@link Trainable#passes}. */
    Passes valuePasses() {
        return Passes.adapted(policy.base(), policy.settings().scale(), value);
    }

    /** Policy, reference and value model as they stand, for the passes of an iteration that are not recorded. */
    record Frozen(Network policy, Network reference, Network value, Map<String, Tensor> valueParameters) {}

    /** Of {@link #prepared} actors. They belong to the innermost scope. */
    Frozen frozen() {
        Map<String, Tensor> parameters = value.byName();
        Network judge = Network.adapted(policy.base(), LoraAdapter.of(parameters, policy.settings().scale()));
        return new Frozen(policy.frozen().packed(), reference, judge.packed(), parameters);
    }

    /** Writes the value model: its adapter as a PEFT folder, its head as {@code value_head.safetensors} beside it. */
    public void writeValue(Path folder) {
        AdapterFolder.write(folder, policy.settings(), value);
        try (TensorScope scope = TensorScope.open()) {
            SafetensorsWriter.write(folder.resolve("value_head.safetensors"), SafetensorsWriter.PYTORCH,
                    Stream.of(HEAD_WEIGHT, HEAD_BIAS).map(name -> StoredTensor.of(name, value.get(name))).toList());
        }
    }
}
