package org.drllava.bindings.mpi;

/** A call of MPI failed. The message names the function and has the library's own text. */
public final class MpiException extends RuntimeException {
    public MpiException(String message) {
        super(message);
    }
}
