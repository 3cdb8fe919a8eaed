package org.drllava.distributed;

import org.drllava.common.InputException;

/** Where a process finds the others of its run. */
public final class Ranks {
    private Ranks() {}

    /**
     * Meets the other ranks; returns when all are there and have shown that they know the secret and run the same.
     *
     * @throws InputException    when a rank runs something else or with other settings, or the port is taken
     * @throws LostRankException when a rank does not come in time
     */
    public static Collectives join(World world, JoinSettings settings) {
        if (world.size() == 1) {
            return new SingleProcess();
        }
        throw new InputException("Several ranks: not built yet.");
    }
}
