package org.drllava.distributed;

import java.util.Locale;
import org.drllava.bindings.mpi.Mpi;
import org.drllava.bindings.nccl.NcclCommunicator;
import org.drllava.common.InputException;

/** What carries the data between ranks. */
public enum Transport {
    /** NCCL when the model is on GPUs, MPI when an MPI launcher started the ranks and its library is there, TCP otherwise. */
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

    /**
     * @param gpu whether the model is on a GPU
     * @throws InputException when the library that is asked for, or that a GPU needs, is not there
     */
    Transport chosen(World world, boolean gpu) {
        Transport chosen = this == AUTO ? fitting(world, gpu) : this;
        String missing = switch (chosen) {
            case MPI -> Mpi.missing();
            case NCCL -> NcclCommunicator.missing();
            case TCP, AUTO -> "";
        };
        if (!missing.isEmpty()) {
            throw new InputException("--collectives " + chosen + ": " + missing);
        }
        return chosen;
    }

    private static Transport fitting(World world, boolean gpu) {
        if (gpu) {
            return NCCL;
        }
        return switch (world.starter()) {
            case OPEN_MPI, PMI -> Mpi.missing().isEmpty() ? MPI : TCP;
            case NOBODY, TORCHRUN, SLURM -> TCP;
        };
    }
}
