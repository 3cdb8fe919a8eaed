package org.drllava.bindings.nccl;

/** A call of NCCL failed, or what it had begun. The message names the call, NCCL's word for the error, and what it last wrote about one. */
public final class NcclException extends RuntimeException {
    NcclException(String call, String text, String last) {
        super(call + " failed: " + text + (last.isBlank() ? "" : " (" + last.strip().lines().findFirst().orElse("") + ")"));
    }
}
