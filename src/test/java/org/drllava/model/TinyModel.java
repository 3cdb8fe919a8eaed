package org.drllava.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.drllava.model.LlavaConfig.Activation;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.model.LlavaConfig.Vision;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/** Models of a few thousand random weights, the same for the same seed. Tensors belong to the innermost scope. */
public final class TinyModel {
    public static final int VOCABULARY = 43;
    public static final int END = 2;
    public static final int IMAGE = 42;
    public static final LlavaConfig CONFIG = config(4, 4);

    private TinyModel() {}

    public static LlavaConfig config(int heads, int kvHeads) {
        return new LlavaConfig(new Vision(12, 20, 3, 2, 8, 4, 1e-5, Activation.QUICK_GELU), Projector.MLP,
                new Text(24, 40, 2, heads, kvHeads, 6, VOCABULARY, 1e-5, 10_000, false, 128), IMAGE, -2, true);
    }

    /** Weights by canonical name; wide enough that every part of the network shows in the logits. */
    public static SequencedMap<String, float[]> weights(LlavaConfig config, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SequencedMap<String, float[]> weights = new LinkedHashMap<>();
        ModelShapes.of(config).forEach((name, shape) -> {
            int elements = 1;
            for (long size : shape) {
                elements *= (int) size;
            }
            boolean vector = shape.length == 1;
            double spread = vector ? 0.1 : 1.3 / Math.sqrt((double) elements / shape[0]);
            float[] values = new float[elements];
            for (int i = 0; i < elements; i++) {
                values[i] = (float) (spread * random.nextGaussian() + (vector && name.contains("norm") && name.endsWith("weight") ? 1 : 0));
            }
            weights.put(name, values);
        });
        return weights;
    }

    public static LlavaModel of(LlavaConfig config, Map<String, float[]> weights, DType dtype) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        ModelShapes.of(config).forEach((name, shape) -> tensors.put(name, Ops.to(Tensors.of(Device.CPU, weights.get(name), shape), dtype)));
        return new LlavaModel(config, tensors::get, Device.CPU);
    }

    public static LlavaModel of(LlavaConfig config, long seed) {
        return of(config, weights(config, seed), DType.FLOAT32);
    }

    /** An adapter whose B is not zero, so that it changes something. */
    public static ParameterArena adapter(LlavaConfig config, LoraAdapter.Settings settings, long seed) {
        ParameterArena arena = new ParameterArena(Device.CPU, LoraAdapter.shapes(config.text(), settings));
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) arena.values().elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.15 * random.nextGaussian());
        }
        arena.values().set(values);
        return arena;
    }

    /** Tokens that are neither special nor the image's. */
    public static int[] tokens(SplittableRandom random, int count) {
        return random.ints(count, 3, IMAGE).toArray();
    }

    /** Begin, the tokens of one image, then {@code text} tokens. */
    public static int[] prompt(SplittableRandom random, LlavaConfig config, int text) {
        int[] tokens = new int[1 + config.imageFeatures() + text];
        tokens[0] = 1;
        java.util.Arrays.fill(tokens, 1, 1 + config.imageFeatures(), config.imageTokenId());
        System.arraycopy(tokens(random, text), 0, tokens, 1 + config.imageFeatures(), text);
        return tokens;
    }

    /** Projected features of random pictures. */
    public static Tensor images(LlavaModel model, SplittableRandom random, int count) {
        return model.project(model.visionFeatures(pixels(random, model.config(), count)));
    }

    /** [count, 3, side, side] */
    static Tensor pixels(SplittableRandom random, LlavaConfig config, int count) {
        int side = config.vision().imageSize();
        float[] pixels = new float[count * 3 * side * side];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return Tensors.of(Device.CPU, pixels, count, 3, side, side);
    }
}
