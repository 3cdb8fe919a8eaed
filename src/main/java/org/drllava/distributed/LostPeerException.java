package org.drllava.distributed;

/** A transport cannot go on because of another rank. */
final class LostPeerException extends RuntimeException {
    private final int rank;
    private final boolean gone;

    /** @param cause what is wrong with the rank, to stand behind its name and a colon */
    private LostPeerException(int rank, boolean gone, String cause, Throwable thrown) {
        super(cause, thrown);
        this.rank = rank;
        this.gone = gone;
    }

    /** Its connection is closed; why, it may have told elsewhere. */
    static LostPeerException gone(int rank, Throwable thrown) {
        return new LostPeerException(rank, true, "its process has ended", thrown);
    }

    /** It does something else than this rank. */
    static LostPeerException astray(int rank, String cause) {
        return new LostPeerException(rank, false, cause, null);
    }

    int rank() {
        return rank;
    }

    boolean gone() {
        return gone;
    }
}
