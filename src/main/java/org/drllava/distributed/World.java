package org.drllava.distributed;

import java.util.Map;

/**
 * Which of how many processes this one is, as its launcher told it.
 *
 * @param rank       0 to size - 1
 * @param localRank  among the ranks of this host
 * @param localSize  ranks on this host
 * @param masterHost where rank 0 is, a name or an address; empty when nobody said
 * @param masterPort where rank 0 listens
 * @param job        tells jobs of one launcher apart, may be empty
 * @param launcher   the process of the launcher without which this one must not go on; 0 for other starters
 */
public record World(int rank, int size, int localRank, int localSize, String masterHost, int masterPort, String job, Starter starter, long launcher) {
    /** Who started the ranks. */
    public enum Starter { NOBODY, TORCHRUN, OPEN_MPI, PMI, SLURM }

    static final int DEFAULT_PORT = 29500;

    /** Alone. */
    public static final World SINGLE = new World(0, 1, 0, 1, "", DEFAULT_PORT, "", Starter.NOBODY, 0);

    /** Where the ranks meet, for people. */
    String place() {
        return masterHost + ":" + masterPort;
    }

    /** @throws org.drllava.common.InputException naming the variable that is missing or makes no sense */
    public static World of(Map<String, String> environment) {
        return new Variables(environment).world();
    }

    /** Cores for this rank: {@code DRLLAVA_CORES}, else an equal share of the {@code available} ones. */
    public static int cores(Map<String, String> environment, int available) {
        return new Variables(environment).number("DRLLAVA_CORES", 1, 1 << 20)
                .orElseGet(() -> Math.max(1, available / of(environment).localSize()));
    }
}
