package org.drllava.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.PackedColorModel;
import java.awt.image.Raster;
import java.io.IOException;

/**
 * Decoded samples to red, green and blue as Pillow's {@code convert("RGB")} has them: the stored numbers, no colour
 * management and no gamma (which {@code BufferedImage.getRGB} applies to grey), alpha dropped.
 */
final class Rasters {
    private Rasters() {}

    static RgbImage rgb(BufferedImage image) throws IOException {
        var model = image.getColorModel();
        var raster = image.getRaster();
        if (model instanceof IndexColorModel palette) return palette(raster, palette);
        if (model instanceof PackedColorModel) return packed(image);
        if (model.isAlphaPremultiplied()) image.coerceData(false);
        boolean cmyk = model.getColorSpace().getType() == ColorSpace.TYPE_CMYK;
        return samples(raster, cmyk, bits(model, raster));
    }

    /**
     * A four-component JPEG's own samples.
     *
     * @param adobeTransform APP14's value: 2 for YCCK. Ink is taken as inverted, Adobe's way, as nearly every file has it
     */
    static RgbImage inks(Raster raster, int adobeTransform) throws IOException {
        int width = raster.getWidth();
        int[] row = new int[4 * width];
        byte[] rgb = new byte[3 * width * raster.getHeight()];
        for (int y = 0, i = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < 4 * width; x += 4, i += 3) {
                if (adobeTransform == 2) fromYcck(row, x);
                for (int k = x; k < x + 4; k++) row[k] = 255 - row[k];
                putInks(row, x, rgb, i);
            }
        }
        return new RgbImage(width, raster.getHeight(), rgb);
    }

    private static RgbImage palette(Raster raster, IndexColorModel palette) {
        int width = raster.getWidth();
        int[] row = new int[width];
        byte[] rgb = new byte[3 * width * raster.getHeight()];
        for (int y = 0, i = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
            for (int index : row) {
                int colour = Math.min(index, palette.getMapSize() - 1);
                rgb[i++] = (byte) palette.getRed(colour);
                rgb[i++] = (byte) palette.getGreen(colour);
                rgb[i++] = (byte) palette.getBlue(colour);
            }
        }
        return new RgbImage(width, raster.getHeight(), rgb);
    }

    /** Several samples in one number, always sRGB: here getRGB changes nothing. */
    private static RgbImage packed(BufferedImage image) {
        int width = image.getWidth();
        byte[] rgb = new byte[3 * width * image.getHeight()];
        int[] row = new int[width];
        for (int y = 0, i = 0; y < image.getHeight(); y++) {
            for (int colour : image.getRGB(0, y, width, 1, row, 0, width)) {
                rgb[i++] = (byte) (colour >> 16);
                rgb[i++] = (byte) (colour >> 8);
                rgb[i++] = (byte) colour;
            }
        }
        return new RgbImage(width, image.getHeight(), rgb);
    }

    private static RgbImage samples(Raster raster, boolean cmyk, int bits) throws IOException {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        if (cmyk && bands < 4) throw new IOException("it has " + bands + " inks instead of 4");
        int[] row = new int[bands * width];
        byte[] rgb = new byte[3 * width * raster.getHeight()];
        for (int y = 0, i = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int k = 0; k < row.length; k++) row[k] = eightBits(row[k], bits);
            for (int x = 0; x < row.length; x += bands, i += 3) {
                if (cmyk) {
                    putInks(row, x, rgb, i);
                } else {
                    rgb[i] = (byte) row[x];
                    rgb[i + 1] = (byte) row[bands < 3 ? x : x + 1];
                    rgb[i + 2] = (byte) row[bands < 3 ? x : x + 2];
                }
            }
        }
        return new RgbImage(width, raster.getHeight(), rgb);
    }

    /** Pillow clips 16-bit grey at 255, which leaves nothing of an X-ray; here, as for its colours, the upper byte counts. */
    private static int eightBits(int sample, int bits) {
        return switch (bits) {
            case 8 -> sample;
            case 16 -> (sample >> 8) & 0xFF;
            case 32 -> Math.clamp(sample, 0, 255);
            default -> sample * 255 / ((1 << bits) - 1);
        };
    }

    private static int bits(ColorModel model, Raster raster) throws IOException {
        int bits = model.getComponentSize(0);
        return switch (raster.getDataBuffer().getDataType()) {
            case DataBuffer.TYPE_BYTE, DataBuffer.TYPE_USHORT -> bits;
            case DataBuffer.TYPE_SHORT -> 16;
            case DataBuffer.TYPE_INT -> 32;
            default -> throw new IOException("its samples are not whole numbers of 8, 16 or 32 bits");
        };
    }

    /** (1 - ink)(1 - black), the plain conversion without a colour profile. */
    private static void putInks(int[] inks, int at, byte[] rgb, int to) {
        int white = 255 - inks[at + 3];
        for (int k = 0; k < 3; k++) {
            int product = inks[at + k] * white + 128;
            rgb[to + k] = (byte) (white - ((product >> 8) + product >> 8));
        }
    }

    /** Adobe's YCCK to CMYK, in place: ITU-T T.871's Y'CbCr to R'G'B', of which the inks are the complement. */
    private static void fromYcck(int[] pixel, int at) {
        double y = pixel[at];
        double cb = pixel[at + 1] - 128;
        double cr = pixel[at + 2] - 128;
        pixel[at] = 255 - (int) Math.clamp(Math.round(y + 1.402 * cr), 0, 255);
        pixel[at + 1] = 255 - (int) Math.clamp(Math.round(y - 0.344136286 * cb - 0.714136286 * cr), 0, 255);
        pixel[at + 2] = 255 - (int) Math.clamp(Math.round(y + 1.772 * cb), 0, 255);
    }
}
