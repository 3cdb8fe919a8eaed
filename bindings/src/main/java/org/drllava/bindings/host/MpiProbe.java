package org.drllava.bindings.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;

/** Looks for an MPI library without initialising it. */
public final class MpiProbe {
    // mpi.h: the longest MPI_MAX_LIBRARY_VERSION_STRING (MPICH; Open MPI has 256).
    private static final int VERSION_BYTES = 8192;

    private MpiProbe() {}

    /** Open MPI or MPICH with its version, or why there is none. */
    public static Probe run() {
        // MPICH links UCX, which takes over SIGSEGV when it is opened; HotSpot lives by that signal.
        ProcessEnvironment.setDefault("UCX_ERROR_SIGNALS", "");
        NativeLibrary library;
        try {
            library = NativeLibrary.openFirst("libmpi.so", "libmpi.so.40", "libmpich.so.12", "libmpi.so.12", "libmpich.so");
        } catch (NativeLibraryException e) {
            return new Probe.Missing("neither Open MPI nor MPICH: " + e.getMessage());
        }
        String kind = library.find("ompi_mpi_comm_world").isPresent() ? "Open MPI" : "MPICH or a relative";
        try (Arena arena = Arena.ofConfined()) {
            // int MPI_Get_library_version(char *version, int *resultlen); allowed before MPI_Init (MPI 3.1, 8.1.1)
            var version = arena.allocate(VERSION_BYTES);
            int status = (int) NativeCalls.handle(library, "MPI_Get_library_version",
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS))
                    .invokeExact(version, arena.allocate(JAVA_INT));
            String text = status == 0 ? version.getString(0).lines().findFirst().orElse("") : "status " + status;
            return new Probe.Found(kind + " (" + library + "): " + text.strip());
        } catch (NativeLibraryException e) {
            return new Probe.Broken(e.getMessage());
        } catch (Throwable t) {
            throw NativeCalls.unexpected("MPI_Get_library_version", t);
        }
    }
}
