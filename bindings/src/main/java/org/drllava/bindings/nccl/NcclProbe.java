package org.drllava.bindings.nccl;

import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.host.Probe;

/** Looks for NCCL, which needs no GPU to say its version. */
public final class NcclProbe {
    private NcclProbe() {}

    /** NCCL's version and where it is, or why there is none. */
    public static Probe run() {
        try {
            return new Probe.Found("NCCL " + NcclCommunicator.version() + " (" + LibNccl.library() + ")");
        } catch (NativeLibraryException e) {
            return new Probe.Missing(e.getMessage());
        } catch (NcclException e) {
            return new Probe.Broken(e.getMessage());
        }
    }
}
