package org.drllava.image;

/**
 * A picture centred on a square of one colour, without making the square: of a long thin picture it may be too large.
 *
 * @param colour [3]; null leaves the picture as it is
 */
record Square(RgbImage image, byte[] colour) implements Bicubic.Rows {
    @Override
    public int width() {
        return colour == null ? image.width() : Math.max(image.width(), image.height());
    }

    @Override
    public int height() {
        return colour == null ? image.height() : Math.max(image.width(), image.height());
    }

    @Override
    public boolean copy(int y, byte[] row) {
        int top = (height() - image.height()) / 2;
        int left = (width() - image.width()) / 2;
        boolean inside = y >= top && y < top + image.height();
        boolean first = y == 0 || y == top || y == top + image.height();
        if (!inside && !first) return false;
        if (first) for (int i = 0; i < row.length && colour != null; i++) row[i] = colour[i % 3];
        if (inside) System.arraycopy(image.rgb(), 3 * image.width() * (y - top), row, 3 * left, 3 * image.width());
        return true;
    }
}
