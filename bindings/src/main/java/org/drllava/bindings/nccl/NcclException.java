package org.drllava.bindings.nccl;

/** A call of NCCL failed, or what it had begun. The message names the call, NCCL's word for the error, and what it last wrote about one. */
public final class NcclException extends RuntimeException {
    // ncclResult_t
    private static final int SYSTEM_ERROR = 2;
    private static final int REMOTE_ERROR = 6;

    private final int status;

    NcclException(String call, int status, String text, String last) {
        super(call + " failed: " + text + (last.isBlank() ? "" : " (" + last.strip().lines().findFirst().orElse("") + ")"));
        this.status = status;
    }

    /** Whether another rank or the network may be its cause, and not this process. */
    public boolean remote() {
        return status == SYSTEM_ERROR || status == REMOTE_ERROR;
    }
}
