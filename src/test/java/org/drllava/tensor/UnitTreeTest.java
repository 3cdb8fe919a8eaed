package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.drllava.tensor.UnitTree.Part;
import org.junit.jupiter.api.Test;

class UnitTreeTest {
    @Test
    void sixUnitsAreAddedAsTwoTimesThree() {
        UnitTree tree = new UnitTree(6);
        String sum = tree.reduce(part -> part.single() ? "" + part.from() : null, (left, right) -> "(" + left + "+" + right + ")");
        assertThat(sum).isEqualTo("(((0+1)+2)+((3+4)+5))");
        assertThat(new UnitTree(1).<String>reduce(part -> part.single() ? "0" : null, String::concat)).isEqualTo("0");
        assertThatThrownBy(() -> new UnitTree(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aShareOfTheWholeIsFewParts() {
        UnitTree tree = new UnitTree(12);
        assertThat(tree.cover(0, 12)).containsExactly(new Part(0, 12));
        assertThat(tree.cover(3, 6)).containsExactly(new Part(3, 6));
        assertThat(tree.cover(4, 8)).containsExactly(new Part(4, 5), new Part(5, 6), new Part(6, 8));
        assertThat(tree.parent(new Part(6, 8))).isEqualTo(new Part(6, 9));
        assertThat(tree.parent(new Part(0, 12))).isNull();
    }

    /** However units are shared, sums of shares' parts come to the bits of the whole. */
    @Test
    void anyCutGivesTheSameBits() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            int units = random.nextInt(1, 40);
            float[] values = new float[units];
            for (int i = 0; i < units; i++) {
                values[i] = (float) (random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-5, 6)));
            }
            UnitTree tree = new UnitTree(units);
            float whole = tree.reduce(part -> part.single() ? (Float) values[part.from()] : null, Float::sum);
            List<Part> parts = new ArrayList<>();
            for (int from = 0; from < units;) {
                int to = random.nextInt(from + 1, units + 1);
                parts.addAll(tree.cover(from, to));
                from = to;
            }
            float cut = tree.<Float>reduce(part -> parts.contains(part) ? sum(part, values) : null, Float::sum);
            assertThat(cut).as("seed %d, %d units", seed, units).isEqualTo(whole);
        }
    }

    private static Float sum(Part part, float[] values) {
        return part.single() ? values[part.from()] : sum(part.left(), values) + sum(part.right(), values);
    }
}
