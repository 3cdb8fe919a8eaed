package org.drllava.verify;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.drllava.model.ModelFolder;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.TensorScope;

/** Recomputes every group of a reference folder with this project's own code. */
public final class Verification {
    private Verification() {}

    /**
     * @param folder  written by the oracle script: model/, adapter/, images/, reference.json, reference.safetensors
     * @param onGroup told each verdict as it is reached
     * @return all verdicts; a group that the folder lacks ends the run with an InputException that names the tensor
     */
    public static List<Verdict> run(Path folder, Device device, DType dtype, Consumer<Verdict> onGroup) {
        List<Verdict> verdicts = new ArrayList<>();
        try (Arena arena = Arena.ofShared(); TensorScope scope = TensorScope.open()) {
            Reference reference = Reference.open(folder, arena);
            try (ModelFolder model = ModelFolder.open(folder.resolve("model"), device, dtype, _ -> {})) {
                var plain = new PlainGroups(reference);
                var network = new NetworkGroups(reference, model.model(), dtype);
                List<Supplier<Verdict>> groups = List.of(plain::tokenizer, plain::image, network::vision, network::prompt,
                        network::greedy, network::lora, network::sft, network::sftGradients, network::ppo,
                        network::policyGradients, network::value, network::valueGradients, plain::kl, plain::gae,
                        network::adamw, plain::nf4Codes, plain::nf4);
                for (Supplier<Verdict> group : groups) {
                    try (TensorScope each = TensorScope.open()) {
                        Verdict verdict = group.get();
                        verdicts.add(verdict);
                        onGroup.accept(verdict);
                    }
                }
            }
        }
        return verdicts;
    }
}
