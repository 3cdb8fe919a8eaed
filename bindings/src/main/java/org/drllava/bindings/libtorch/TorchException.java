package org.drllava.bindings.libtorch;

/** A libtorch call failed. The message names the call, its arguments (dtype and shape of every tensor) and libtorch's own text. */
public final class TorchException extends RuntimeException {
    public TorchException(String message) {
        super(message);
    }
}
