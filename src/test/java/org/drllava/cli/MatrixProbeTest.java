package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MatrixProbeTest {
    @Test
    void aProductIsRightAndTimed() {
        assertThat(new MatrixProbe().run()).matches("a product of 256 x 256 is right; one of 1024 x 1024 runs at [1-9]\\d* GFLOP/s.*");
    }
}
