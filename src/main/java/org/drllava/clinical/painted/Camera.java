package org.drllava.clinical.painted;

import java.util.random.RandomGenerator;
import org.drllava.image.RgbImage;

/** Turns stains into a picture: light through the slide, defocus, contrast and noise. */
final class Camera {
    /** Optical density in red, green and blue of one unit of each stain (colour deconvolution's vectors, Ruifrok and Johnston 2001, in kind). */
    private static final double[][] DENSITY = {{.95, 1.35, .52}, {.78, .50, .17}, {.10, .62, .34}};
    /** What a slide's hue adds to the densities, per unit of hue. */
    private static final double[][] HUE = {{.26, -.06, -.16}, {.18, .03, -.08}, {.07, -.10, -.10}};

    private Camera() {}

    static RgbImage picture(Canvas canvas, Look look, RandomGenerator random) {
        int size = canvas.side / Canvas.OVERSAMPLING;
        var stains = new float[3][];
        double sigma = look.blur() * size / 72.;
        for (int s = 0; s < 3; s++) {
            stains[s] = blur(halve(canvas.stains[s], canvas.side), size, sigma);
        }
        double tiltX = random.nextDouble(-.08, .08), tiltY = random.nextDouble(-.08, .08); // the lamp is never quite centred
        double[] lamp = {look.light() * (.95 + .05 * look.warmth()), look.light() * .945, look.light() * (.94 - .07 * look.warmth())};
        var rgb = new byte[3 * size * size];
        for (int i = 0; i < size * size; i++) {
            double shade = 1 + tiltX * (2. * (i % size) / size - 1) + tiltY * (2. * (i / size) / size - 1);
            for (int c = 0; c < 3; c++) {
                double density = 0;
                for (int s = 0; s < 3; s++) {
                    density += stains[s][i] * (DENSITY[s][c] + look.hue() * HUE[s][c]);
                }
                double value = shade * lamp[c] * StrictMath.exp(-density);
                value = .62 + (value - .62) * look.contrast() + look.noise() * bell(random);
                rgb[3 * i + c] = (byte) Math.clamp(Math.round(value * 255), 0, 255);
            }
        }
        return new RgbImage(size, size, rgb);
    }

    /** Mean 0, variance 1, from the eight bytes of one draw: near enough to a Gaussian for a camera, at a fraction of its time. */
    private static double bell(RandomGenerator random) {
        long bits = random.nextLong();
        long pairs = (bits & 0x00ff00ff00ff00ffL) + ((bits >>> 8) & 0x00ff00ff00ff00ffL);
        long sum = (pairs & 0xffff) + ((pairs >>> 16) & 0xffff) + ((pairs >>> 32) & 0xffff) + (pairs >>> 48);
        return (sum - 1020) / 209.01; // sqrt(8 (256^2 - 1) / 12)
    }

    private static float[] halve(float[] in, int side) {
        int size = side / 2;
        var out = new float[size * size];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int i = 2 * y * side + 2 * x;
                out[y * size + x] = (in[i] + in[i + 1] + in[i + side] + in[i + side + 1]) / 4;
            }
        }
        return out;
    }

    private static float[] blur(float[] in, int size, double sigma) {
        if (sigma < .1) {
            return in;
        }
        int reach = (int) Math.ceil(2.5 * sigma);
        var kernel = new double[2 * reach + 1];
        double sum = 0;
        for (int k = -reach; k <= reach; k++) {
            sum += kernel[k + reach] = StrictMath.exp(-k * k / (2 * sigma * sigma));
        }
        for (int k = 0; k < kernel.length; k++) {
            kernel[k] /= sum;
        }
        return pass(pass(in, size, kernel, 1, size), size, kernel, size, 1);
    }

    private static float[] pass(float[] in, int size, double[] kernel, int along, int across) {
        var out = new float[in.length];
        int reach = kernel.length / 2;
        for (int line = 0; line < size; line++) {
            for (int at = 0; at < size; at++) {
                double sum = 0;
                for (int k = -reach; k <= reach; k++) {
                    sum += kernel[k + reach] * in[line * across + Math.clamp(at + k, 0, size - 1) * along];
                }
                out[line * across + at * along] = (float) sum;
            }
        }
        return out;
    }
}
