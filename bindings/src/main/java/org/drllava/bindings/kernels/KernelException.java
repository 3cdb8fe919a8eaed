package org.drllava.bindings.kernels;

/** A kernel refused its arguments; the text is the library's. */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    KernelException(String message) {
        super(message);
    }
}
