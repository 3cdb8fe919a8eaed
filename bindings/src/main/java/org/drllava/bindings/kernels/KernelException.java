package org.drllava.bindings.kernels;

/** A kernel refused its arguments or could not run. The message is the kernel's own sentence, which begins with its name. */
public final class KernelException extends RuntimeException {
    public KernelException(String message) {
        super(message);
    }
}
