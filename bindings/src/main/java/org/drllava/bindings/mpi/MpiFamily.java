package org.drllava.bindings.mpi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** MPI libraries with one binary interface. Functions are the same in all, constants and the width of handles are not. */
enum MpiFamily {
    OPEN_MPI("Open MPI", "openmpi-bin", "OMPI_COMM_WORLD_SIZE", List.of("libmpi.so.40", "libmpi.so")),
    /** With Intel MPI, MVAPICH and Cray's. */
    MPICH("MPICH", "mpich", "PMI_SIZE", List.of("libmpich.so.12", "libmpi.so.12", "libmpich.so"));

    /** For people. */
    final String title;
    /** Debian's, which brings the library and mpirun. */
    final String debianPackage;
    /** Names under which the system's loader may know the library. */
    final List<String> files;

    private final String launcherVariable;

    MpiFamily(String title, String debianPackage, String launcherVariable, List<String> files) {
        this.title = title;
        this.debianPackage = debianPackage;
        this.launcherVariable = launcherVariable;
        this.files = files;
    }

    /** Whose mpirun started this process; a library of another would take it for a job of one process. */
    static Optional<MpiFamily> launcher(Map<String, String> environment) {
        return List.of(values()).stream().filter(family -> environment.containsKey(family.launcherVariable)).findFirst();
    }
}
