package org.drllava.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a camera was held: EXIF 2.3 tag 274, read from a TIFF structure, and the turn that sets the picture upright.
 * Values: 1 as it is, 2 mirrored, 3 half turn, 4 upside down mirrored, 5 to 8 the same after a swap of the axes.
 */
final class Orientation {
    private static final int TAG = 274;
    private static final int SHORT = 3;

    private Orientation() {}

    /** The orientation in a TIFF header with its first directory; 1 where there is none or the bytes make no sense. */
    static int read(ByteBuffer tiff) {
        if (tiff.remaining() < 8) return 1;
        var data = tiff.slice();
        short mark = data.getShort(0);
        if (mark != 0x4949 && mark != 0x4D4D) return 1;
        data.order(mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = data.getInt(4) & 0xFFFFFFFFL;
        if (data.getShort(2) != 42 || directory > data.limit() - 2) return 1;
        int entries = data.getShort((int) directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + 12L * i;
            if (entry > data.limit() - 12) return 1;
            int at = (int) entry;
            if ((data.getShort(at) & 0xFFFF) != TAG) continue;
            int value = data.getShort(at + 2) == SHORT ? data.getShort(at + 8) : data.getInt(at + 8);
            return value >= 1 && value <= 8 ? value : 1;
        }
        return 1;
    }

    /** The upright picture. */
    static RgbImage upright(RgbImage image, int orientation) {
        if (orientation == 1) return image;
        boolean swapped = orientation >= 5;
        int width = swapped ? image.height() : image.width();
        int height = swapped ? image.width() : image.height();
        byte[] from = image.rgb();
        byte[] to = new byte[from.length];
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++, i += 3) {
                int along = swapped ? y : x;
                int across = swapped ? x : y;
                int sourceX = switch (orientation) {
                    case 2, 3, 7, 8 -> image.width() - 1 - along;
                    default -> along;
                };
                int sourceY = switch (orientation) {
                    case 3, 4, 6, 7 -> image.height() - 1 - across;
                    default -> across;
                };
                int source = 3 * (sourceY * image.width() + sourceX);
                to[i] = from[source];
                to[i + 1] = from[source + 1];
                to[i + 2] = from[source + 2];
            }
        }
        return new RgbImage(width, height, to);
    }
}
