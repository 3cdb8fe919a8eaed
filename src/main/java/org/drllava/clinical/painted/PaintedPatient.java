package org.drllava.clinical.painted;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A made-up patient: one slide look and one cell mix, from which any number of fields is painted. Everything follows from the seed.
 *
 * @param id       unique within a data set
 * @param seed     of the patient and all fields
 * @param density  nucleated cells a field, in the mean
 * @param redCells erythrocytes a field, in the mean
 * @param fibrin   share of a field under fibrin, in the mean
 */
public record PaintedPatient(String id, Specimen specimen, long seed, Look look, CellMix mix, double density, double redCells, double fibrin) {
    /** Blasts share at most this in all but AML, and plasma cells at most the other in all but MM. */
    static final double MOST_BLASTS = .13, MOST_PLASMA_CELLS = .10;
    static final double LEAST_BLASTS_AML = .25, MOST_BLASTS_AML = .75;
    static final double LEAST_PLASMA_MM = .23, MOST_PLASMA_MM = .70;

    /** The patient that a seed stands for. */
    public static PaintedPatient random(String id, Specimen specimen, long seed) {
        var random = new SplittableRandom(seed);
        var look = Look.random(random);
        double blasts = specimen == Specimen.AML ? random.nextDouble(LEAST_BLASTS_AML, MOST_BLASTS_AML) : random.nextDouble(0, MOST_BLASTS);
        double plasma = specimen == Specimen.MM ? random.nextDouble(LEAST_PLASMA_MM, MOST_PLASMA_MM) : random.nextDouble(0, MOST_PLASMA_CELLS);
        var mix = CellMix.of(blasts, plasma, random);
        double density = switch (specimen) {
            case NORMAL, AML, MM -> random.nextDouble(9, 23);
            case BLOOD -> random.nextDouble(0, 4);
            case CLOT -> random.nextDouble(2, 11);
        };
        double redCells = switch (specimen) {
            case NORMAL, AML, MM -> random.nextDouble(4, 34);
            case BLOOD -> random.nextDouble(34, 85);
            case CLOT -> random.nextDouble(4, 45);
        };
        double fibrin = specimen == Specimen.CLOT ? random.nextDouble(.3, .85) : 0;
        return new PaintedPatient(id, specimen, seed, look, mix, density, redCells, fibrin);
    }

    /** What field {@code index} holds. */
    Content field(int index) {
        var random = field(index, 0);
        int cells = (int) Math.round(density * random.nextDouble(.8, 1.2));
        return new Content(mix.count(cells, random), (int) Math.round(redCells * random.nextDouble(.75, 1.25)),
                fibrin * random.nextDouble(.85, 1.1), specimen == Specimen.CLOT ? random.nextInt(2, 7) : random.nextInt(5) == 0 ? random.nextInt(1, 3) : 0,
                random.nextInt(3) == 0 ? random.nextInt(1, 4) : 0);
    }

    /** The stream of a field's random numbers for one purpose. */
    RandomGenerator field(int index, int purpose) {
        return new SplittableRandom(new SplittableRandom(seed).nextLong() + 2L * index + purpose);
    }
}
