package org.drllava.bindings.cublas;

/** A call of cuBLAS failed. The message names the call, its sizes, and cuBLAS's own name and text for the error. */
public final class CublasException extends RuntimeException {
    CublasException(String message) {
        super(message);
    }
}
