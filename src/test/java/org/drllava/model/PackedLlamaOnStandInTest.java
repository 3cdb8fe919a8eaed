package org.drllava.model;

import org.drllava.tensor.StandInGpu;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** What runs on a GPU where no GPU is, held to what the CPU's is held to. */
@Tag("stand-in")
@ExtendWith(StandInGpu.class)
class PackedLlamaOnStandInTest extends PackedLlamaTest {}
