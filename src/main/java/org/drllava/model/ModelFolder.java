package org.drllava.model;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.drllava.checkpoint.SafetensorsWriter;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.checkpoint.WeightFolder;
import org.drllava.common.AtomicFile;
import org.drllava.common.InputException;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * A model read from a Hugging Face folder. On the CPU the weights are the mapped file itself when it has the dtype asked
 * for; otherwise they are converted or sent to the device once.
 */
public final class ModelFolder implements AutoCloseable {
    private final Arena files;
    private final LlavaConfig config;
    private final Map<String, Tensor> weights;
    private final LlavaModel model;

    private ModelFolder(Arena files, LlavaConfig config, Map<String, StoredTensor> stored, Map<String, Tensor> weights, Device device) {
        this.files = files;
        this.config = config;
        this.weights = weights;
        this.model = new LlavaModel(config, new Weights() {
            @Override
            public Tensor get(String name) {
                return weight(name);
            }

            @Override
            public void rest(String name) {
                unload(stored.get(name));
            }
        }, device);
    }

    /**
     * Reads {@code config.json} and the weights. The tensors belong to the innermost scope; close the folder after it.
     *
     * @param warn told the names of tensors in the files that the model has no use for
     * @throws InputException naming the file and what is wrong with it; tensors that are missing by name, a tensor of
     *                        another shape than config.json implies with both shapes
     */
    public static ModelFolder open(Path folder, Device device, DType dtype, Consumer<String> warn) {
        LlavaConfig declared = LlavaConfigFile.read(folder);
        Arena files = Arena.ofShared();
        try {
            Map<String, StoredTensor> stored = byCanonicalName(WeightFolder.open(folder, files));
            LlavaConfig config = withStoredProjector(declared, stored.keySet());
            Map<String, Tensor> weights = new HashMap<>();
            List<String> missing = new ArrayList<>();
            ModelShapes.of(config).forEach((name, shape) -> {
                StoredTensor tensor = stored.get(name);
                if (tensor == null) {
                    missing.add(name);
                } else {
                    weights.put(name, load(folder, tensor, shape, device, dtype));
                }
            });
            if (!missing.isEmpty()) {
                throw new InputException(folder + ": the weights lack " + String.join(", ", missing));
            }
            warnOfUnknown(folder, stored.keySet(), config, warn);
            return new ModelFolder(files, config, stored, weights, device);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** What config.json says, without the weights. @throws InputException naming what is wrong with it */
    public static LlavaConfig config(Path folder) {
        return LlavaConfigFile.read(folder);
    }

    private static Map<String, StoredTensor> byCanonicalName(WeightFolder folder) {
        Map<String, StoredTensor> stored = new HashMap<>();
        folder.tensors().forEach((name, tensor) -> WeightNames.canonical(name).ifPresent(known -> stored.put(known, tensor)));
        return stored;
    }

    /** No config.json of transformers can say that there is only one linear layer; the weights do. */
    private static LlavaConfig withStoredProjector(LlavaConfig declared, Set<String> stored) {
        boolean second = stored.stream().anyMatch(name -> name.startsWith("multi_modal_projector.linear_2."));
        return declared.projector() == Projector.TWO_LINEAR && !second ? declared.withProjector(Projector.LINEAR) : declared;
    }

    private static Tensor load(Path folder, StoredTensor stored, long[] shape, Device device, DType dtype) {
        if (!Arrays.equals(stored.shape(), shape)) {
            throw new InputException(folder + ": tensor " + stored.name() + " has shape " + Arrays.toString(stored.shape())
                    + " where config.json implies " + Arrays.toString(shape));
        }
        // Of a weight that is converted or sent to a device, only the last form stays.
        return TensorScope.scoped(() -> {
            Tensor host = stored.aligned() ? Tensors.wrap(stored.data(), stored.dtype(), shape) : copied(stored, shape);
            Tensor weight = Ops.to(Ops.to(host, dtype), device);
            if (weight != host || !stored.aligned()) {
                unload(stored);
            }
            return weight;
        });
    }

    /** Gives back the memory of a file's part until it is read again. */
    private static void unload(StoredTensor stored) {
        if (stored.data().isMapped() && stored.data().byteSize() > 0) {
            stored.data().unload();
        }
    }

    /** The format lets data lie at any address; processors and Java want elements at multiples of their size. */
    private static Tensor copied(StoredTensor stored, long[] shape) {
        Tensor copy = Tensors.empty(Device.CPU, stored.dtype(), shape);
        copy.segment().copyFrom(stored.data());
        return copy;
    }

    /** The tower's layers after the one that is used and its last norm are known, though never read. */
    private static void warnOfUnknown(Path folder, Set<String> stored, LlavaConfig config, Consumer<String> warn) {
        Set<String> unknown = new HashSet<>(stored);
        unknown.removeAll(ModelShapes.of(config).keySet());
        unknown.removeIf(name -> name.startsWith("vision_tower.encoder.layers.") || name.startsWith("vision_tower.post_layernorm.")
                || (config.text().tiedEmbeddings() && name.equals("lm_head.weight")));
        if (!unknown.isEmpty()) {
            warn.accept(folder + ": the model has no use for " + String.join(", ", unknown.stream().sorted().toList()));
        }
    }

    /**
     * Writes config.json and model.safetensors so that transformers' LlavaForConditionalGeneration loads them.
     *
     * @param weights float32 by canonical name, complete
     */
    public static void write(Path folder, LlavaConfig config, Weights weights) {
        AtomicFile.write(folder.resolve("config.json"), LlavaConfigFile.write(config));
        List<StoredTensor> stored = new ArrayList<>();
        int hidden = config.text().hiddenSize();
        if (config.projector() == Projector.LINEAR) {
            // transformers has no single layer; with the identity as its second it computes the same.
            float[] identity = new float[hidden * hidden];
            for (int i = 0; i < hidden; i++) {
                identity[i * hidden + i] = 1;
            }
            stored.add(StoredTensor.of("multi_modal_projector.linear_2.weight", identity, hidden, hidden));
            stored.add(StoredTensor.of("multi_modal_projector.linear_2.bias", new float[hidden], hidden));
        }
        // transformers wants the tower's last norm too, although LLaVA reads features before it.
        int width = config.vision().hiddenSize();
        float[] ones = new float[width];
        Arrays.fill(ones, 1);
        stored.add(StoredTensor.of("vision_tower.vision_model.post_layernorm.weight", ones, width));
        stored.add(StoredTensor.of("vision_tower.vision_model.post_layernorm.bias", new float[width], width));
        try (TensorScope scope = TensorScope.open()) {
            ModelShapes.of(config).keySet().forEach(name ->
                    stored.add(StoredTensor.of(WeightNames.forTransformers(name), Ops.to(weights.get(name), DType.FLOAT32))));
            SafetensorsWriter.write(folder.resolve("model.safetensors"), SafetensorsWriter.PYTORCH, stored);
        }
    }

    public LlavaConfig config() {
        return config;
    }

    public LlavaModel model() {
        return model;
    }

    /** A weight by canonical name. */
    public Tensor weight(String name) {
        Tensor tensor = weights.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("the model has no weight " + name);
        }
        return tensor;
    }

    @Override
    public void close() {
        files.close();
    }
}
