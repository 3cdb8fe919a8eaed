package org.drllava.model;

import java.util.Random;
import java.util.SplittableRandom;
import org.drllava.tensor.ParameterArena;

/**
 * Random weights for a model from scratch: products keep the variance of their input, products that write to the residual
 * stream are smaller by √(2 × layers) (GPT-2's rule), norms start at one, biases at zero.
 */
public final class Initializer {
    private static final double EMBEDDING_DEVIATION = 0.02;

    private Initializer() {}

    /** Fills every parameter of {@code arena} whose name is one of {@link ModelShapes}. */
    public static void fill(ParameterArena arena, LlavaConfig config, long seed) {
        arena.shapes().forEach((name, shape) -> {
            float[] values = new float[Math.toIntExact(java.util.Arrays.stream(shape).reduce(1, Math::multiplyExact))];
            if (name.endsWith("norm.weight") || name.matches(".*(layernorm|layer_norm[12]|layrnorm)\\.weight")) {
                java.util.Arrays.fill(values, 1);
            } else if (!name.endsWith(".bias")) {
                Random random = Random.from(new SplittableRandom(seed ^ name.hashCode() * 0x9E3779B97F4A7C15L));
                double deviation = deviation(name, shape, config);
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (random.nextGaussian() * deviation);
                }
            }
            arena.get(name).set(values);
        });
    }

    private static double deviation(String name, long[] shape, LlavaConfig config) {
        if (name.contains("embed_tokens") || name.contains("class_embedding") || name.contains("position_embedding")
                || name.startsWith("lm_head")) {
            return EMBEDDING_DEVIATION;
        }
        double inputs = 1;
        for (int d = 1; d < shape.length; d++) {
            inputs *= shape[d];
        }
        double deviation = 1 / Math.sqrt(inputs);
        if (name.contains("out_proj") || name.contains("mlp.fc2")) {
            return deviation / Math.sqrt(2.0 * config.vision().layers());
        }
        if (name.contains("o_proj") || name.contains("down_proj")) {
            return deviation / Math.sqrt(2.0 * config.text().layers());
        }
        return deviation;
    }
}
