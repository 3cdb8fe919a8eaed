package org.drllava.clinical.painted;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.drllava.image.RgbImage;

/**
 * Paints fields of bone-marrow smears by code. They stand in for patients' pictures in the demo and in tests: stained cells of five
 * kinds, red cells, fibrin and dirt, under looks that differ from patient to patient. They are no substitute for real ones.
 */
public final class Painter {
    private static final int TRIES = 14;

    private Painter() {}

    /**
     * Field {@code index} of a patient.
     *
     * @param size side of the picture in pixels, 16..1024; the field's content does not depend on it
     */
    public static RgbImage paint(PaintedPatient patient, int index, int size) {
        return paint(patient.look(), patient.field(index), patient.field(index, 1), size);
    }

    static RgbImage paint(Look look, Content content, RandomGenerator random, int size) {
        if (size < 16 || size > 1024) {
            throw new IllegalArgumentException("a painted picture has 16 to 1024 pixels a side, not " + size);
        }
        var canvas = new Canvas(size);
        var cells = new CellPainter(canvas, look, random);
        for (int i = 0; i < content.redCells(); i++) {
            cells.redCell(random.nextDouble(-3, 75), random.nextDouble(-3, 75), look.cellScale() * random.nextDouble(3.2, 4));
        }
        // Half of the cells lie below the clot and shine through as shadows, half above.
        var order = shuffled(content.cells(), random);
        var placed = new ArrayList<double[]>();
        int below = content.fibrin() > 0 ? order.size() / 2 : order.size();
        order.subList(0, below).forEach(kind -> place(cells, kind, placed, random));
        if (content.fibrin() > 0) {
            cells.fibrinMass(content.fibrin());
        }
        for (int i = 0; i < content.strands(); i++) {
            cells.strand(random.nextDouble(72), random.nextDouble(72), random.nextDouble(.5, 1.1), random.nextDouble(.35, .7));
        }
        order.subList(below, order.size()).forEach(kind -> place(cells, kind, placed, random));
        for (int i = 0; i < content.smears(); i++) {
            if (random.nextBoolean()) {
                cells.smudge(random.nextDouble(72), random.nextDouble(72));
            } else {
                cells.speck(random.nextDouble(72), random.nextDouble(72));
            }
        }
        return Camera.picture(canvas, look, random);
    }

    private static List<CellKind> shuffled(int[] counts, RandomGenerator random) {
        var order = new ArrayList<CellKind>();
        for (var kind : CellKind.values()) {
            for (int i = 0; i < counts[kind.ordinal()]; i++) {
                order.add(random.nextInt(order.size() + 1), kind);
            }
        }
        return order;
    }

    /** Puts a cell where it overlaps others least, within a few tries. */
    private static void place(CellPainter cells, CellKind kind, List<double[]> placed, RandomGenerator random) {
        double r = cells.radius(kind) * random.nextDouble(.9, 1.12);
        double[] best = null;
        double room = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < TRIES && room < 0; i++) {
            double x = random.nextDouble(3, 69), y = random.nextDouble(3, 69);
            double least = placed.stream().mapToDouble(p -> Math.sqrt((p[0] - x) * (p[0] - x) + (p[1] - y) * (p[1] - y)) - .93 * (p[2] + r)).min().orElse(0);
            if (least > room) {
                room = least;
                best = new double[] {x, y, r};
            }
        }
        placed.add(best);
        cells.cell(kind, best[0], best[1], best[2]);
    }
}
