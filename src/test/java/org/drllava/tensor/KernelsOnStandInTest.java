package org.drllava.tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kernels for GPUs and products of cuBLAS where no GPU is, against libtorch. */
@Tag("stand-in")
@ExtendWith(StandInGpu.class)
class KernelsOnStandInTest extends KernelsTest {}
