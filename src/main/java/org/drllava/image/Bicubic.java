package org.drllava.image;

import java.util.Arrays;

/**
 * Pillow's bicubic resize of 8-bit pictures, bit for bit: Keys' kernel with a = -0.5, stretched by the scale when
 * shrinking (so it averages), weights rounded to 22-bit fixed point, first along rows, then along columns, each pass
 * rounded to 8 bits. Source of the arithmetic: Pillow, src/libImaging/Resample.c.
 */
final class Bicubic {
    private static final int FRACTION_BITS = 32 - 8 - 2;
    private static final double SUPPORT = 2;

    private Bicubic() {}

    /** Rows of a picture, [width, 3] each. One that repeats need not be copied again. */
    interface Rows {
        int width();

        int height();

        /** Puts row y into the buffer; false when the buffer holds the same row from the call before. */
        boolean copy(int y, byte[] row);
    }

    /** The part of the source resized to fullWidth x fullHeight that starts at (left, top); nothing else is made. */
    static RgbImage resize(Rows source, int fullWidth, int fullHeight, int left, int top, int width, int height) {
        byte[] narrow = new byte[3 * width * source.height()];
        var columns = Weights.of(source.width(), fullWidth, left, width);
        byte[] row = new byte[3 * source.width()];
        for (int y = 0; y < source.height(); y++) {
            if (source.copy(y, row)) {
                alongRow(row, columns, narrow, 3 * width * y);
            } else {
                System.arraycopy(narrow, 3 * width * (y - 1), narrow, 3 * width * y, 3 * width);
            }
        }
        return new RgbImage(width, height, alongColumns(narrow, 3 * width, Weights.of(source.height(), fullHeight, top, height)));
    }

    private static void alongRow(byte[] row, Weights weights, byte[] to, int at) {
        for (int x = 0; x < weights.first.length; x++, at += 3) {
            int red = 1 << FRACTION_BITS - 1;
            int green = red;
            int blue = red;
            int from = 3 * weights.first[x];
            for (int k = weights.start(x); k < weights.start(x) + weights.count[x]; k++, from += 3) {
                int weight = weights.fixed[k];
                red += (row[from] & 0xFF) * weight;
                green += (row[from + 1] & 0xFF) * weight;
                blue += (row[from + 2] & 0xFF) * weight;
            }
            to[at] = eightBits(red);
            to[at + 1] = eightBits(green);
            to[at + 2] = eightBits(blue);
        }
    }

    private static byte[] alongColumns(byte[] from, int rowBytes, Weights weights) {
        byte[] to = new byte[rowBytes * weights.first.length];
        int[] sums = new int[rowBytes];
        for (int y = 0; y < weights.first.length; y++) {
            Arrays.fill(sums, 1 << FRACTION_BITS - 1);
            for (int k = 0; k < weights.count[y]; k++) {
                int weight = weights.fixed[weights.start(y) + k];
                int row = rowBytes * (weights.first[y] + k);
                for (int i = 0; i < rowBytes; i++) sums[i] += (from[row + i] & 0xFF) * weight;
            }
            for (int i = 0; i < rowBytes; i++) to[rowBytes * y + i] = eightBits(sums[i]);
        }
        return to;
    }

    private static byte eightBits(int sum) {
        int value = sum >> FRACTION_BITS;
        return (byte) (value < 0 ? 0 : value > 255 ? 255 : value);
    }

    /** For output offset + i, the inputs first[i] .. first[i] + count[i] - 1 and their weights from start(i) on. */
    private record Weights(int[] first, int[] count, int[] fixed, int most) {
        int start(int output) {
            return output * most;
        }

        static Weights of(int inputs, int outputs, int offset, int wanted) {
            double scale = (double) inputs / outputs;
            double stretch = Math.max(scale, 1);
            double support = SUPPORT * stretch;
            int most = (int) Math.ceil(support) * 2 + 1;
            var weights = new Weights(new int[wanted], new int[wanted], new int[wanted * most], most);
            var exact = new double[most];
            for (int i = 0; i < wanted; i++) {
                double centre = (offset + i + 0.5) * scale;
                int first = Math.max(0, (int) (centre - support + 0.5));
                int count = Math.min(inputs, (int) (centre + support + 0.5)) - first;
                double sum = 0;
                double inverse = 1 / stretch;
                for (int k = 0; k < count; k++) {
                    exact[k] = kernel((k + first - centre + 0.5) * inverse);
                    sum += exact[k];
                }
                weights.first[i] = first;
                weights.count[i] = count;
                for (int k = 0; k < count; k++) {
                    double scaled = exact[k] / sum * (1 << FRACTION_BITS);
                    weights.fixed[i * most + k] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
                }
            }
            return weights;
        }

        private static double kernel(double x) {
            double a = -0.5;
            double d = Math.abs(x);
            if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
            return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
        }
    }
}
