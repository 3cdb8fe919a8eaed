package org.drllava.bindings.mpi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.drllava.bindings.mpi.MpiLibrary.HANDLE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.drllava.bindings.host.NativeLibraryException;

/**
 * The process's part in an MPI job, on MPI_COMM_WORLD. MPI is begun and ended once in a process; calls come from one thread at
 * a time. What moves data is begun in {@link MpiRequests} and none of it blocks, so that a wait can be given up.
 *
 * <p>Signatures: MPI 3.1. Every function throws {@link NativeLibraryException} without an MPI library.
 */
public final class Mpi {
    // mpi.h of both families
    private static final int THREAD_SERIALIZED = 2;
    // The larger of the two: MPI_MAX_LIBRARY_VERSION_STRING is 8192 in MPICH, MPI_MAX_ERROR_STRING 512.
    private static final int TEXT_BYTES = 8192;

    // (char* version, int* length); allowed before MPI_Init
    private static final MethodHandle MPI_Get_library_version = MpiLibrary.bind("MPI_Get_library_version", ADDRESS, ADDRESS);
    // (int* argc, char*** argv, int required, int* provided)
    private static final MethodHandle MPI_Init_thread = MpiLibrary.bind("MPI_Init_thread", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
    // (MPI_Comm, MPI_Errhandler)
    private static final MethodHandle MPI_Comm_set_errhandler = MpiLibrary.bind("MPI_Comm_set_errhandler", HANDLE, HANDLE);
    // (MPI_Comm, int* rank)
    private static final MethodHandle MPI_Comm_rank = MpiLibrary.bind("MPI_Comm_rank", HANDLE, ADDRESS);
    private static final MethodHandle MPI_Comm_size = MpiLibrary.bind("MPI_Comm_size", HANDLE, ADDRESS);
    // (int code, char* text, int* length)
    private static final MethodHandle MPI_Error_string = MpiLibrary.bind("MPI_Error_string", JAVA_INT, ADDRESS, ADDRESS);
    // (MPI_Comm, int status)
    private static final MethodHandle MPI_Abort = MpiLibrary.bind("MPI_Abort", HANDLE, JAVA_INT);
    private static final MethodHandle MPI_Finalize = MpiLibrary.bind("MPI_Finalize");

    private Mpi() {}

    /** Why there is no MPI library, in one sentence that says how to get it; empty when there is one. */
    public static String missing() {
        return MpiLibrary.missing();
    }

    /** The library's own name for itself: {@code Open MPI 4.1.4}, {@code MPICH 4.0.2}. */
    public static String version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(TEXT_BYTES);
            check("MPI_Get_library_version", (int) MPI_Get_library_version.invokeExact(text, arena.allocate(JAVA_INT)));
            return shortened(text.getString(0));
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    /** {@code Open MPI v4.1.4, package: …} or {@code MPICH Version:	4.0.2} and more lines. */
    static String shortened(String text) {
        return text.lines().findFirst().orElse("").replaceFirst(",.*", "").replaceFirst("\\s*(?:Version:\\s*|\\bv)(?=\\d)", " ").strip();
    }

    /**
     * Joins the job; errors of MPI's calls come back as exceptions from then on.
     *
     * @throws MpiException when the library cannot, or does not let several threads call it, one at a time
     */
    public static void init() {
        MpiConstants constants = MpiLibrary.constants();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment provided = arena.allocate(JAVA_INT);
            check("MPI_Init_thread", (int) MPI_Init_thread.invokeExact(MemorySegment.NULL, MemorySegment.NULL, THREAD_SERIALIZED, provided));
            check("MPI_Comm_set_errhandler", (int) MPI_Comm_set_errhandler.invokeExact(constants.commWorld(), constants.errorsReturn()));
            if (provided.get(JAVA_INT, 0) < THREAD_SERIALIZED) {
                throw new MpiException("MPI_Init_thread: " + version() + " was built without support for threads");
            }
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    public static int rank() {
        return number("MPI_Comm_rank", MPI_Comm_rank);
    }

    public static int size() {
        return number("MPI_Comm_size", MPI_Comm_size);
    }

    private static int number(String name, MethodHandle function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            check(name, (int) function.invokeExact(MpiLibrary.constants().commWorld(), out));
            return out.get(JAVA_INT, 0);
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    /** Ends all processes of the job at once, this one too. */
    public static void abort(int status) {
        try {
            check("MPI_Abort", (int) MPI_Abort.invokeExact(MpiLibrary.constants().commWorld(), status));
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    /** Leaves the job; waits for the other processes to do so. Not to be called after a failure, as it may wait for ever. */
    public static void finish() {
        try {
            check("MPI_Finalize", (int) MPI_Finalize.invokeExact());
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }

    /** Throws what MPI says of a status that is not 0. */
    static void check(String function, int status) {
        if (status != 0) {
            throw new MpiException(function + ": " + text(status));
        }
    }

    private static String text(int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(TEXT_BYTES);
            int known = (int) MPI_Error_string.invokeExact(status, text, arena.allocate(JAVA_INT));
            return known == 0 ? text.getString(0).strip() : "status " + status;
        } catch (Throwable impossible) {
            throw MpiLibrary.rethrow(impossible);
        }
    }
}
