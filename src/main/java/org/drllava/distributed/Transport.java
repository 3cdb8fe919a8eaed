package org.drllava.distributed;

import java.util.Locale;

/** What carries the data between ranks. */
public enum Transport {
    /** NCCL when the model is on GPUs, MPI when an MPI launcher started the ranks, TCP otherwise. */
    AUTO,
    /** Sockets: needs nothing. */
    TCP,
    /** The host's MPI library. */
    MPI,
    /** NVIDIA's library, between GPUs. */
    NCCL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @param gpu whether the model is on a GPU */
    Transport chosen(World world, boolean gpu) {
        if (this != AUTO) {
            return this;
        }
        if (gpu) {
            return NCCL;
        }
        return switch (world.starter()) {
            case OPEN_MPI, PMI -> MPI;
            case NOBODY, TORCHRUN, SLURM -> TCP;
        };
    }
}
