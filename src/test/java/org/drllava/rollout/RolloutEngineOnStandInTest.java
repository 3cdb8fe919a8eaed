package org.drllava.rollout;

import org.drllava.model.Network;
import org.drllava.tensor.StandInGpu;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rollouts as on a GPU where no GPU is, most of their steps replayed from a graph. */
@Tag("stand-in")
@ExtendWith(StandInGpu.class)
class RolloutEngineOnStandInTest extends RolloutEngineTest {
    @Override
    Network network() {
        return super.network().packed();
    }
}
