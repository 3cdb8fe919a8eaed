package org.drllava.demo;

import java.util.List;
import org.drllava.image.ClipPreprocessor;
import org.drllava.image.RgbImage;

/** Pictures as the model sees them, in each of the eight ways a square can be turned and mirrored. */
final class Pictures {
    static final int TURNS = 8;

    private final List<RgbImage> images;
    private final ClipPreprocessor preprocessor;

    Pictures(List<RgbImage> images, ClipPreprocessor preprocessor) {
        this.images = images;
        this.preprocessor = preprocessor;
    }

    int size() {
        return images.size();
    }

    RgbImage image(int index) {
        return images.get(index);
    }

    /** [3, side, side] row-major, normalised. @param turn 0 is the picture as it is */
    float[] pixels(int index, int turn) {
        float[] upright = preprocessor.apply(images.get(index));
        if (turn == 0) {
            return upright;
        }
        int side = preprocessor.size();
        float[] turned = new float[upright.length];
        for (int channel = 0; channel < 3; channel++) {
            int base = channel * side * side;
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    int fromX = (turn & 1) == 0 ? x : side - 1 - x;
                    int fromY = (turn & 2) == 0 ? y : side - 1 - y;
                    int from = (turn & 4) == 0 ? fromY * side + fromX : fromX * side + fromY;
                    turned[base + y * side + x] = upright[base + from];
                }
            }
        }
        return turned;
    }
}
