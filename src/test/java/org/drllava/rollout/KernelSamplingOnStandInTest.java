package org.drllava.rollout;

import org.drllava.tensor.StandInGpu;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sampling as on a GPU where no GPU is. */
@Tag("stand-in")
@ExtendWith(StandInGpu.class)
class KernelSamplingOnStandInTest extends KernelSamplingTest {}
