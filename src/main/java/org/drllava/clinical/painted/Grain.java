package org.drllava.clinical.painted;

/** Smooth random texture without state: value noise on a lattice of hashed integers. */
final class Grain {
    private Grain() {}

    /** Between -1 and 1, smooth over distances of about 1. */
    static double at(double x, double y, long seed) {
        long ix = (long) Math.floor(x), iy = (long) Math.floor(y);
        double fx = ease(x - ix), fy = ease(y - iy);
        double top = mix(node(ix, iy, seed), node(ix + 1, iy, seed), fx);
        double bottom = mix(node(ix, iy + 1, seed), node(ix + 1, iy + 1, seed), fx);
        return mix(top, bottom, fy);
    }

    private static double node(long x, long y, long seed) {
        long h = seed + x * 0x9e3779b97f4a7c15L + y * 0xc2b2ae3d27d4eb4fL;
        h = (h ^ (h >>> 29)) * 0xbf58476d1ce4e5b9L;
        h = (h ^ (h >>> 32)) * 0x94d049bb133111ebL;
        return (h >> 11) * 0x1p-52;
    }

    private static double ease(double t) {
        return t * t * (3 - 2 * t);
    }

    private static double mix(double a, double b, double t) {
        return a + t * (b - a);
    }
}
