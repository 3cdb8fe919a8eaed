package org.drllava.tensor;

/**
 * The 4-bit NormalFloat of QLoRA (arXiv 2305.14314, appendix E): blocks of 64 numbers share their largest magnitude, each
 * number is the nearest of 16 levels that are quantiles of a normal distribution.
 */
public final class Nf4 {
    public static final int BLOCK = 64;

    private static final float[] LEVELS = {
        -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
        -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
        0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f
    };

    private Nf4() {}

    /** @param codes two 4-bit codes a byte, the first in the high half; @param largest magnitude of each block */
    public record Packed(byte[] codes, float[] largest) {}

    /** @param weights a multiple of {@link #BLOCK} numbers */
    public static Packed quantize(float[] weights) {
        if (weights.length % BLOCK != 0) {
            throw new IllegalArgumentException(weights.length + " weights are not a multiple of " + BLOCK);
        }
        byte[] codes = new byte[weights.length / 2];
        float[] largest = new float[weights.length / BLOCK];
        for (int block = 0; block < largest.length; block++) {
            for (int i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
                largest[block] = Math.max(largest[block], Math.abs(weights[i]));
            }
            for (int i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
                int code = nearest(largest[block] == 0 ? 0 : weights[i] / largest[block]);
                codes[i / 2] |= (byte) (i % 2 == 0 ? code << 4 : code);
            }
        }
        return new Packed(codes, largest);
    }

    public static float[] dequantize(Packed packed) {
        float[] weights = new float[packed.codes().length * 2];
        for (int i = 0; i < weights.length; i++) {
            int code = i % 2 == 0 ? (packed.codes()[i / 2] >> 4) & 15 : packed.codes()[i / 2] & 15;
            weights[i] = LEVELS[code] * packed.largest()[i / BLOCK];
        }
        return weights;
    }

    private static int nearest(float x) {
        int best = 0;
        for (int code = 1; code < LEVELS.length; code++) {
            if (Math.abs(x - LEVELS[code]) < Math.abs(x - LEVELS[best])) {
                best = code;
            }
        }
        return best;
    }
}
