package org.drllava.image;

/**
 * A picture in memory.
 *
 * @param rgb [height, width, 3] row-major, 0..255 as unsigned bytes
 */
public record RgbImage(int width, int height, byte[] rgb) {
    public RgbImage {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(width + " x " + height + " pixels do not fit " + rgb.length + " bytes of red, green and blue");
        }
    }
}
