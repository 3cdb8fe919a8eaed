package org.drllava.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhiloxTest {
    /** philox4x32-10's known answers in Random123's kat_vectors; the first word of each. */
    @Test
    void knownAnswers() {
        assertThat(Philox.word(0, 0, 0, 0, 0)).isEqualTo(0x6627e8d5);
        assertThat(Philox.word(-1, -1, -1, -1, -1)).isEqualTo(0x408f276d);
        assertThat(Philox.word(0x299f31d0a4093822L, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344)).isEqualTo(0xd16cfe09);
    }

    @Test
    void everyPartOfTheCounterMatters() {
        Set<Double> seen = new HashSet<>();
        for (long seed : new long[] {0, 1, 1L << 40}) {
            for (long step : new long[] {0, 1, 1L << 33}) {
                for (long conversation : new long[] {0, 1, 5L << 34}) {
                    for (int position : new int[] {0, 1, 2047}) {
                        seen.add(Philox.uniform(seed, step, conversation, position));
                    }
                }
            }
        }
        assertThat(seen).hasSize(81);
    }

    @Test
    void uniformInTheHalfOpenUnitInterval() {
        double sum = 0;
        int[] buckets = new int[10];
        int n = 20_000;
        for (int i = 0; i < n; i++) {
            double u = Philox.uniform(3, 7, 11, i);
            assertThat(u).isGreaterThanOrEqualTo(0).isLessThan(1);
            sum += u;
            buckets[(int) (10 * u)]++;
        }
        // Standard deviations: 0.29 / √n for the mean, √(0.09 n) for a bucket; five of them either way.
        assertThat(sum / n).isEqualTo(0.5, within(0.0103));
        for (int bucket : buckets) {
            assertThat((double) bucket).isEqualTo(n / 10.0, within(212.0));
        }
    }
}
