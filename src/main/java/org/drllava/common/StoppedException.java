package org.drllava.common;

/** Work that was asked to end, see {@link StopRequest}, and has saved what there was to save. */
public final class StoppedException extends RuntimeException {
    /** @param message one sentence that says how to go on */
    public StoppedException(String message) {
        super(message);
    }
}
