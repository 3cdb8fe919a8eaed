package org.drllava.bindings.cuda;

/** A call of the CUDA runtime failed. The message names the call and its arguments, the error's name and CUDA's own text. */
public final class CudaException extends RuntimeException {
    private final int status;

    CudaException(String call, int status, String name, String text) {
        super(call + " failed: " + name + ", " + text.lines().findFirst().orElse("no text"));
        this.status = status;
    }

    /** A {@code cudaError_t}. */
    public int status() {
        return status;
    }
}
