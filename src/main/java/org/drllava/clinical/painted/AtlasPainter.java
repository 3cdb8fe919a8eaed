package org.drllava.clinical.painted;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Paints pictures of random content, each described by one phrase a factor: how many nucleated and red cells there are, which share
 * each kind of cell has, fibrin, dirt, stain, light and focus. The cell shares are binned without regard to any disease, yet the
 * phrases do name the cells that the diagnoses turn on, which is a strong hint to whatever learns from them.
 */
public final class AtlasPainter {
    /** A factor's phrases, from little to much; the bounds between them, one fewer. */
    private record Factor(List<String> phrases, double... bounds) {
        int bin(double value) {
            int bin = 0;
            while (bin < bounds.length && value >= bounds[bin]) {
                bin++;
            }
            return bin;
        }
    }

    private static final List<Factor> FACTORS = factors();

    private AtlasPainter() {}

    /** Picture {@code index} of the atlas that a seed stands for; {@code size} in pixels a side. */
    public static AtlasPicture paint(long seed, int index, int size) {
        var random = new SplittableRandom(new SplittableRandom(seed).nextLong() + index);
        var look = Look.random(random);
        int cells = (int) (25 * StrictMath.pow(random.nextDouble(), 1.3));
        boolean clotted = random.nextInt(5) == 0;
        var content = new Content(CellMix.anything(random).count(cells, random), (int) (85 * StrictMath.pow(random.nextDouble(), 1.7)),
                clotted ? random.nextDouble(.08, .85) : 0, clotted || random.nextInt(4) == 0 ? random.nextInt(1, 7) : 0,
                random.nextInt(3) == 0 ? random.nextInt(1, 4) : 0);
        return new AtlasPicture(Painter.paint(look, content, random, size), describe(look, content));
    }

    /** One phrase a factor. */
    static int[] describe(Look look, Content content) {
        int nucleated = Arrays.stream(content.cells()).sum();
        var values = new ArrayList<Double>(List.of((double) nucleated, (double) content.redCells()));
        for (int count : content.cells()) {
            values.add(count / Math.max(1., nucleated));
        }
        values.addAll(List.of(content.fibrin() > 0 ? 1 + content.fibrin() : content.strands() > 0 ? .5 : 0, (double) content.smears(),
                look.hue(), look.light(), look.blur()));
        var phrases = new int[FACTORS.size()];
        int first = 0;
        for (int f = 0; f < phrases.length; f++) {
            phrases[f] = first + FACTORS.get(f).bin(values.get(f));
            first += FACTORS.get(f).phrases().size();
        }
        return phrases;
    }

    static List<String> phrases() {
        return FACTORS.stream().flatMap(f -> f.phrases().stream()).toList();
    }

    private static List<Factor> factors() {
        var factors = new ArrayList<Factor>();
        factors.add(new Factor(List.of("hardly any nucleated cells", "few nucleated cells", "many nucleated cells", "crowded with nucleated cells"), 4, 9, 16));
        factors.add(new Factor(List.of("few red cells", "some red cells", "many red cells", "packed with red cells"), 8, 20, 36));
        for (var kind : CellKind.values()) {
            factors.add(new Factor(List.of("no " + kind.plural, "few " + kind.plural, "some " + kind.plural, "many " + kind.plural,
                    "mostly " + kind.plural), .01, .1, .2, .4));
        }
        factors.add(new Factor(List.of("no fibrin", "fibrin strands", "a small clot", "a large clot"), .1, 1, 1.3));
        factors.add(new Factor(List.of("clean smear", "smudged smear"), 1));
        factors.add(new Factor(List.of("pinkish stain", "purple stain", "bluish stain"), -.35, .35));
        factors.add(new Factor(List.of("dim light", "medium light", "bright light"), .88, .99));
        factors.add(new Factor(List.of("sharp", "slightly blurred", "blurred"), .35, .75));
        return List.copyOf(factors);
    }
}
