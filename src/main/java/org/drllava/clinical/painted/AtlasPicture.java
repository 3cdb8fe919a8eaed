package org.drllava.clinical.painted;

import java.util.Arrays;
import java.util.List;
import org.drllava.image.RgbImage;

/**
 * A painted picture with a description of what is on it and no disease, for contrastive training of a vision tower.
 *
 * @param phrases one index into {@link #PHRASES} for each factor
 */
public record AtlasPicture(RgbImage picture, int[] phrases) {
    /** Phrases of all factors, one factor after the other. */
    public static final List<String> PHRASES = AtlasPainter.phrases();

    /** The phrases, separated by commas. */
    public String caption() {
        return String.join(", ", Arrays.stream(phrases).mapToObj(PHRASES::get).toList());
    }
}
