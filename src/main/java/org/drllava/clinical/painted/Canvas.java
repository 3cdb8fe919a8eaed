package org.drllava.clinical.painted;

/**
 * Amounts of three stains over a field, at twice the picture's resolution. Stains add up in optical density (Beer and Lambert),
 * which is what makes overlapping cells look as under a microscope.
 */
final class Canvas {
    static final int NUCLEAR = 0, BASOPHIL = 1, EOSIN = 2;
    static final int OVERSAMPLING = 2;

    final int side;
    final double unit; // canvas pixels per pixel of a picture of 72
    final float[][] stains;

    /** Gives the stains at a place of a shape, in units of its radius from its centre; {@code rho} is 1 on its outline. */
    interface Shade {
        void at(double x, double y, double rho, float[] stains);
    }

    Canvas(int pictureSize) {
        side = pictureSize * OVERSAMPLING;
        unit = side / 72.;
        stains = new float[3][side * side];
    }

    /**
     * Lays a blob over what is there.
     *
     * @param x       centre, in pixels of a picture of 72; y and radius as well
     * @param outline departures from a circle
     * @param soft    width of the edge, in radii
     * @param cover   share of what lies below that is hidden, 0..1
     */
    void blob(double x, double y, double radius, Outline outline, double soft, double cover, Shade shade) {
        double cx = x * unit, cy = y * unit, r = radius * unit;
        double reach = r * (outline.most() + soft);
        int x0 = Math.max(0, (int) Math.floor(cx - reach)), x1 = Math.min(side - 1, (int) Math.ceil(cx + reach));
        int y0 = Math.max(0, (int) Math.floor(cy - reach)), y1 = Math.min(side - 1, (int) Math.ceil(cy + reach));
        double farthest = (reach / r) * (reach / r);
        var out = new float[3];
        for (int py = y0; py <= y1; py++) {
            for (int px = x0; px <= x1; px++) {
                double dx = (px + .5 - cx) / r, dy = (py + .5 - cy) / r;
                if (dx * dx + dy * dy > farthest) {
                    continue;
                }
                double rho = outline.rho(dx, dy);
                double inside = (1 + soft / 2 - rho) / soft;
                if (inside <= 0) {
                    continue;
                }
                float alpha = (float) (cover * (inside >= 1 ? 1 : inside * inside * (3 - 2 * inside)));
                shade.at(dx, dy, rho, out);
                int i = py * side + px;
                for (int s = 0; s < 3; s++) {
                    stains[s][i] += alpha * (out[s] - stains[s][i]);
                }
            }
        }
    }

    /** A circle bent by two and three lobes; cosines of multiples come from the sine and cosine, not from angles. */
    record Outline(double c2, double s2, double c3, double s3) {
        static final Outline CIRCLE = new Outline(0, 0, 0, 0);

        double most() {
            return 1 + Math.sqrt(c2 * c2 + s2 * s2) + Math.sqrt(c3 * c3 + s3 * s3);
        }

        /** Distance from the centre over the outline's distance in that direction. */
        double rho(double x, double y) {
            double d = Math.sqrt(x * x + y * y);
            if (d < 1e-9) {
                return 0;
            }
            double c = x / d, s = y / d;
            double cos2 = c * c - s * s, sin2 = 2 * c * s;
            return d / (1 + c2 * cos2 + s2 * sin2 + c3 * (cos2 * c - sin2 * s) + s3 * (sin2 * c + cos2 * s));
        }
    }
}
