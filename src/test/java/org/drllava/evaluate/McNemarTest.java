package org.drllava.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class McNemarTest {
    private static double p(int b, int c) {
        return new McNemar(7, b, c, 9).p();
    }

    /** Twice (1 + 12 + 66) / 2^12; twice 1 / 2^5; all of it where both are equal or there is nothing to tell. */
    @Test
    void knownValues() {
        assertThat(p(10, 2)).isCloseTo(0.03857421875, within(1e-15));
        assertThat(p(2, 10)).isCloseTo(0.03857421875, within(1e-15));
        assertThat(p(5, 0)).isCloseTo(0.0625, within(1e-15));
        assertThat(p(6, 6)).isEqualTo(1);
        assertThat(p(0, 0)).isEqualTo(1);
    }

    @Test
    void agreesWithWholeNumbers() {
        for (int[] pair : new int[][] {{1, 0}, {40, 31}, {100, 160}, {900, 1000}, {1500, 900}}) {
            int n = pair[0] + pair[1];
            var term = BigInteger.ONE;
            var tail = BigInteger.ZERO;
            for (int k = 0; k <= Math.min(pair[0], pair[1]); k++) {
                tail = tail.add(term);
                term = term.multiply(BigInteger.valueOf(n - k)).divide(BigInteger.valueOf(k + 1));
            }
            double exact = new BigDecimal(tail.shiftLeft(1)).divide(new BigDecimal(BigInteger.TWO.pow(n)), MathContext.DECIMAL64).doubleValue();
            assertThat(p(pair[0], pair[1])).as("%d and %d", pair[0], pair[1]).isCloseTo(Math.min(1, exact), within(1e-10 * exact));
        }
        assertThat(p(60_000, 50_000)).isBetween(0.0, 1e-100);
    }
}
