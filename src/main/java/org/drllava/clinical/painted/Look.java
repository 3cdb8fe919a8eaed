package org.drllava.clinical.painted;

import java.util.random.RandomGenerator;

/**
 * How a slide looks, whatever is on it: what differs between laboratories, microscopes and patients.
 *
 * @param hue        stain balance, -1 pinkish to 1 bluish
 * @param nuclear    strength of the nuclear stain, about 1
 * @param basophil   strength of the blue of cytoplasm, about 1
 * @param eosin      strength of the pink, about 1
 * @param light      brightness of the lamp, about 1
 * @param warmth     colour of the lamp, -1 bluish to 1 yellowish
 * @param contrast   about 1
 * @param cellScale  size of all cells, about 1
 * @param blur       standard deviation of the defocus, in pixels of a picture of 72
 * @param noise      standard deviation of the camera's noise, in 0..1
 * @param texture    strength of chromatin and granules, about 1
 */
public record Look(double hue, double nuclear, double basophil, double eosin, double light, double warmth, double contrast,
                   double cellScale, double blur, double noise, double texture) {
    static Look random(RandomGenerator random) {
        return new Look(random.nextDouble(-1, 1), random.nextDouble(.72, 1.25), random.nextDouble(.45, 1.3), random.nextDouble(.55, 1.35),
                random.nextDouble(.78, 1.08), random.nextDouble(-1, 1), random.nextDouble(.72, 1.18), random.nextDouble(.84, 1.2),
                random.nextDouble(0, 1.3), random.nextDouble(.008, .055), random.nextDouble(.5, 1.3));
    }
}
