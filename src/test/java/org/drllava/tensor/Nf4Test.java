package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Nf4Test {
    @Test
    void everyNumberComesBackAsTheNearestLevelOfItsBlock() {
        SplittableRandom random = new SplittableRandom(4);
        float[] weights = new float[3 * Nf4.BLOCK];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextDouble(-1, 1) * (i / Nf4.BLOCK + 1);
        }
        Nf4.Packed packed = Nf4.quantize(weights);
        float[] restored = Nf4.dequantize(packed);
        assertThat(packed.codes()).hasSize(weights.length / 2);
        for (int i = 0; i < weights.length; i++) {
            float largest = packed.largest()[i / Nf4.BLOCK];
            // The widest gap between two levels is that from -1 to -0.696.
            assertThat(Math.abs(restored[i] - weights[i])).isLessThanOrEqualTo(0.1520f * largest);
            if (Math.abs(weights[i]) == largest) {
                assertThat(restored[i]).isEqualTo(weights[i]);
            }
        }
    }

    @Test
    void levelsAreFixedPoints() {
        float[] weights = new float[Nf4.BLOCK];
        weights[0] = 2;
        for (int i = 1; i < weights.length; i++) {
            weights[i] = i % 3 - 1;
        }
        float[] once = Nf4.dequantize(Nf4.quantize(weights));
        assertThat(Nf4.dequantize(Nf4.quantize(once))).isEqualTo(once);
    }

    @Test
    void aBlockOfZerosStaysZero() {
        assertThat(Nf4.dequantize(Nf4.quantize(new float[Nf4.BLOCK]))).containsOnly(0);
        assertThat(Nf4.dequantize(Nf4.quantize(new float[0]))).isEmpty();
    }

    @Test
    void aPartOfABlockIsRefused() {
        assertThatThrownBy(() -> Nf4.quantize(new float[65])).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("65");
    }
}
