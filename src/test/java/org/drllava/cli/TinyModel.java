package org.drllava.cli;

import java.nio.file.Path;
import java.util.SplittableRandom;
import org.drllava.common.AtomicFile;
import org.drllava.model.AdapterFolder;
import org.drllava.model.LlavaConfig;
import org.drllava.model.LlavaConfig.Activation;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.model.LlavaConfig.Vision;
import org.drllava.model.LoraAdapter;
import org.drllava.model.ModelFolder;
import org.drllava.model.ModelShapes;
import org.drllava.tensor.Device;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/** A model of some 10,000 weights, the same on every host, with an adapter. The oracle of the score command was made from it. */
final class TinyModel {
    static final int IMAGE_TOKEN = 48;
    static final int IMAGE_FEATURES = 4;
    static final int SIDE = 8;

    private TinyModel() {}

    public static void main(String[] folder) {
        write(Path.of(folder[0], "model"));
        writeAdapter(Path.of(folder[0], "adapter"));
    }

    static LlavaConfig config() {
        var vision = new Vision(8, 16, 2, 2, SIDE, 4, 1e-5, Activation.QUICK_GELU);
        var text = new Text(16, 32, 2, 4, 2, 4, 50, 1e-5, 10_000, false, 64);
        return new LlavaConfig(vision, Projector.MLP, text, IMAGE_TOKEN, -2, true);
    }

    static Path write(Path folder) {
        try (TensorScope scope = TensorScope.open()) {
            var shapes = ModelShapes.of(config());
            ModelFolder.write(folder, config(), name -> Tensors.of(Device.CPU, numbers(name, shapes.get(name)), shapes.get(name)));
        }
        AtomicFile.write(folder.resolve("preprocessor_config.json"), """
                {"size": {"shortest_edge": 8}, "crop_size": 8, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25]}
                """);
        return folder;
    }

    static Path writeAdapter(Path folder) {
        var settings = new LoraAdapter.Settings(3, 6);
        try (TensorScope scope = TensorScope.open()) {
            var arena = new ParameterArena(Device.CPU, LoraAdapter.shapes(config().text(), settings));
            arena.shapes().forEach((name, shape) -> arena.get(name).set(numbers(name, shape)));
            AdapterFolder.write(folder, settings, arena);
        }
        return folder;
    }

    /** Uniform in -0.5 to 0.5, around 1 for what scales. */
    private static float[] numbers(String name, long[] shape) {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        var random = new SplittableRandom(name.hashCode());
        float centre = name.contains("norm") && name.endsWith("weight") ? 1 : 0;
        var numbers = new float[(int) elements];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = centre + (float) random.nextDouble() - 0.5f;
        }
        return numbers;
    }
}
