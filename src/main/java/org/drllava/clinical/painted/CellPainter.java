package org.drllava.clinical.painted;

import static org.drllava.clinical.painted.Canvas.BASOPHIL;
import static org.drllava.clinical.painted.Canvas.EOSIN;
import static org.drllava.clinical.painted.Canvas.NUCLEAR;

import java.util.random.RandomGenerator;
import org.drllava.clinical.painted.Canvas.Outline;

/** Paints single cells and other things on a smear; lengths are in pixels of a picture of 72. */
final class CellPainter {
    private final Canvas canvas;
    private final Look look;
    private final RandomGenerator random;

    CellPainter(Canvas canvas, Look look, RandomGenerator random) {
        this.canvas = canvas;
        this.look = look;
        this.random = random;
    }

    /** Mean radius of a kind on this slide. */
    double radius(CellKind kind) {
        return look.cellScale() * switch (kind) {
            case MYELOBLAST -> 5.6;
            case PLASMA_CELL -> 5.7;
            case LYMPHOCYTE -> 4.7;
            case GRANULOCYTE -> 5.5;
            case NORMOBLAST -> 4.1;
        };
    }

    void cell(CellKind kind, double x, double y, double r) {
        switch (kind) {
            case MYELOBLAST -> myeloblast(x, y, r);
            case PLASMA_CELL -> plasmaCell(x, y, r);
            case LYMPHOCYTE -> lymphocyte(x, y, r);
            case GRANULOCYTE -> granulocyte(x, y, r);
            case NORMOBLAST -> normoblast(x, y, r);
        }
    }

    /** Large round nucleus of fine chromatin with nucleoli, a scant rim of blue. */
    private void myeloblast(double x, double y, double r) {
        cytoplasm(x, y, r, .06, 0, between(.42, .75), between(0, .1));
        double angle = angle(), off = between(0, .1) * r;
        double nx = x + off * cos(angle), ny = y + off * sin(angle), nr = r * between(.78, .88);
        nucleus(nx, ny, nr, .06, between(.68, .92), .10, 3.2);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            double a = angle(), d = between(.1, .55) * nr;
            canvas.blob(nx + d * cos(a), ny + d * sin(a), nr * between(.17, .25), Outline.CIRCLE, .5, .75, flat(.28, .42, .05));
        }
    }

    /** Nucleus to one side with chromatin like a clock face, a pale court beside it, deep blue all around. */
    private void plasmaCell(double x, double y, double r) {
        double angle = angle(), ux = cos(angle), uy = sin(angle);
        double stretch = between(.06, .17); // longer along the axis through the nucleus
        var oval = new Outline(stretch * (ux * ux - uy * uy), stretch * 2 * ux * uy, 0, 0);
        float blue = (float) between(.8, 1.15), red = (float) between(.05, .2);
        long grain = random.nextLong();
        canvas.blob(x, y, r, oval, .14, .95, (px, py, rho, out) -> set(out, .06, blue * (1 + .12 * Grain.at(px * 4, py * 4, grain)), red));
        double off = between(.34, .44) * r, nr = r * between(.46, .56);
        double nx = x + off * ux, ny = y + off * uy;
        double court = between(.05, .22) * r;
        canvas.blob(x - court * ux, y - court * uy, r * between(.34, .42), Outline.CIRCLE, .7, between(.5, .85), flat(.04, .22, .12));
        double density = between(.98, 1.25), turn = angle(), c5 = cos(turn), s5 = sin(turn);
        canvas.blob(nx, ny, nr, wobble(.05), .2, .97, (px, py, rho, out) -> {
            double d = Math.sqrt(px * px + py * py) + 1e-9, c = px / d, s = py / d;
            double c2 = c * c - s * s, s2 = 2 * c * s, c4 = c2 * c2 - s2 * s2, s4 = 2 * c2 * s2;
            double spokes = c5 * (c4 * c - s4 * s) + s5 * (s4 * c + c4 * s);
            set(out, density * (1 + .28 * look.texture() * spokes * Math.min(1, 1.5 * rho)), .12, .04);
        });
    }

    /** Small, dense round nucleus that leaves hardly any cytoplasm. */
    private void lymphocyte(double x, double y, double r) {
        cytoplasm(x, y, r, .07, 0, between(.3, .6), between(0, .12));
        double angle = angle(), off = between(.02, .14) * r;
        nucleus(x + off * cos(angle), y + off * sin(angle), r * between(.76, .86), .07, between(.88, 1.2), .14, 2);
    }

    /** Lobed, bent or kidney-shaped nucleus in wide pinkish cytoplasm with granules. */
    private void granulocyte(double x, double y, double r) {
        float pink = (float) between(.25, .55), blue = (float) between(.02, .2);
        long grain = random.nextLong();
        canvas.blob(x, y, r, wobble(.07), .16, .9, (px, py, rho, out) ->
                set(out, .05 + .06 * look.texture() * Grain.at(px * 7, py * 7, grain), blue, pink * (1 + .3 * look.texture() * Grain.at(px * 6, py * 6, ~grain))));
        int lobes = random.nextInt(2, 5);
        double turn = angle(), bend = between(1.1, 1.9) / lobes, ring = between(.3, .42) * r, density = between(.85, 1.15);
        double lobe = r * (lobes == 2 ? between(.36, .44) : between(.27, .36));
        for (int i = 0; i < lobes; i++) {
            double a = turn + i * bend * 1.6;
            nucleus(x + ring * cos(a), y + ring * sin(a), lobe * between(.88, 1.12), .1, density, .12, 2.2);
        }
    }

    /** Very dark small round nucleus in grey-pink cytoplasm. */
    private void normoblast(double x, double y, double r) {
        cytoplasm(x, y, r, .05, 0, between(.1, .45), between(.25, .5));
        double angle = angle(), off = between(0, .16) * r;
        nucleus(x + off * cos(angle), y + off * sin(angle), r * between(.52, .66), .03, between(1.25, 1.6), .08, 2);
    }

    /** Disc without a nucleus, pale in its middle. */
    void redCell(double x, double y, double r) {
        double pink = between(.42, .68), pale = between(.25, .6);
        canvas.blob(x, y, r, wobble(.06), .2, .8, (px, py, rho, out) ->
                set(out, .01, .02, pink * (1 - pale * Math.max(0, 1 - 2.2 * rho * rho))));
    }

    /** Nucleus of a broken cell, drawn out and blurred. */
    void smudge(double x, double y) {
        double a = angle(), length = between(.25, .5), r = between(2.5, 5);
        var drawn = new Outline(length * cos(a), length * sin(a), between(-.1, .1), between(-.1, .1));
        double density = between(.3, .65);
        long grain = random.nextLong();
        canvas.blob(x, y, r, drawn, .9, .75, (px, py, rho, out) -> set(out, density * (1 + .3 * Grain.at(px * 2, py * 2, grain)), .1, .15));
    }

    /** Dark speck of precipitated stain. */
    void speck(double x, double y) {
        canvas.blob(x, y, between(.5, 1.3), wobble(.15), .5, .9, flat(1.2, .5, .1));
    }

    /** A bent fibre across the field. */
    void strand(double x, double y, double width, double strength) {
        double a = angle(), bend = between(-.05, .05), step = 1.3 * width;
        for (int i = random.nextInt(12, 40); i > 0; i--) {
            canvas.blob(x, y, width, Outline.CIRCLE, .9, strength, flat(.22, .05, .75));
            x += step * cos(a);
            y += step * sin(a);
            a += bend + between(-.18, .18);
        }
    }

    /** A clotted mass over about this share of the field: matted, folded, pink to purple. */
    void fibrinMass(double share) {
        double r = 72 * Math.sqrt(share / Math.PI) * 1.12, x = between(18, 54), y = between(18, 54);
        long grain = random.nextLong();
        double pink = between(.5, .95), purple = between(.12, .45), fold = between(4, 8), turn = angle(), c = cos(turn), s = sin(turn);
        canvas.blob(x, y, r, wobble(.26), .25, .9, (px, py, rho, out) -> {
            double u = c * px + s * py, v = c * py - s * px;
            double mat = Grain.at(u * fold, v * fold * 2.6, grain), cloud = Grain.at(px * 2.5, py * 2.5, ~grain);
            set(out, purple * (1 + .55 * mat + .35 * cloud), .06, pink * (1 + .35 * mat + .2 * cloud));
        });
    }

    private void cytoplasm(double x, double y, double r, double wobble, double nuclear, double blue, double pink) {
        long grain = random.nextLong();
        canvas.blob(x, y, r, wobble(wobble), .16, .92, (px, py, rho, out) -> set(out, nuclear, blue * (1 + .1 * Grain.at(px * 4, py * 4, grain)), pink));
    }

    /** @param coarse lattice steps of the chromatin per radius; few are clumps, many are fine */
    private void nucleus(double x, double y, double r, double wobble, double density, double clump, double coarse) {
        long grain = random.nextLong();
        canvas.blob(x, y, r, wobble(wobble), .16, .97, (px, py, rho, out) ->
                set(out, density * (1 + clump * 1.6 * look.texture() * Grain.at(px * coarse, py * coarse, grain)), .1, .04));
    }

    private Canvas.Shade flat(double nuclear, double basophil, double eosin) {
        return (_, _, _, out) -> set(out, nuclear, basophil, eosin);
    }

    private void set(float[] out, double nuclear, double basophil, double eosin) {
        out[NUCLEAR] = (float) (nuclear * look.nuclear());
        out[BASOPHIL] = (float) (basophil * look.basophil());
        out[EOSIN] = (float) (eosin * look.eosin());
    }

    private Outline wobble(double strength) {
        return new Outline(between(-strength, strength), between(-strength, strength), between(-strength, strength) / 2, between(-strength, strength) / 2);
    }

    private double between(double least, double most) {
        return random.nextDouble(least, most);
    }

    private double angle() {
        return random.nextDouble(2 * Math.PI);
    }

    // StrictMath, so that a seed gives the same picture on every machine.
    private static double cos(double a) {
        return StrictMath.cos(a);
    }

    private static double sin(double a) {
        return StrictMath.sin(a);
    }
}
