package org.drllava.bindings.mpi;

import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.host.Probe;

/** Looks for an MPI library without joining a job. */
public final class MpiProbe {
    private MpiProbe() {}

    /** Open MPI or MPICH with its version, or why there is none. */
    public static Probe run() {
        if (!Mpi.missing().isEmpty()) {
            return new Probe.Missing(Mpi.missing());
        }
        try {
            return new Probe.Found(Mpi.version());
        } catch (NativeLibraryException | MpiException e) {
            return new Probe.Broken(e.getMessage());
        }
    }
}
