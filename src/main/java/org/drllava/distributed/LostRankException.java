package org.drllava.distributed;

/** A run that cannot go on because a rank is gone, stands still, or does something else than the others. */
public final class LostRankException extends RuntimeException {
    /** @param message one sentence that names rank, host, phase and cause */
    public LostRankException(String message) {
        super(message);
    }

    public LostRankException(String message, Throwable cause) {
        super(message, cause);
    }
}
