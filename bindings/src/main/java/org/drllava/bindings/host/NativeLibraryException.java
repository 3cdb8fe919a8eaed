package org.drllava.bindings.host;

/**
 * A native library, or a file it needs, cannot be used on this host. The message is one sentence that names what is
 * missing and how to get it.
 */
public final class NativeLibraryException extends RuntimeException {
    public NativeLibraryException(String message) {
        super(message);
    }

    public NativeLibraryException(String message, Throwable cause) {
        super(message, cause);
    }
}
