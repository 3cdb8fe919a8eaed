package org.drllava.bindings.host;

import java.lang.foreign.SymbolLookup;

/** Looks for NCCL, which needs no GPU to say its version. */
public final class NcclProbe {
    private NcclProbe() {}

    /**
     * NCCL's version, or why there is none.
     *
     * @param libtorch the libraries libtorch brought, asked first: the one it is linked with is the one to use; a lookup
     *     that finds nothing where libtorch could not be opened
     */
    public static Probe run(SymbolLookup libtorch) {
        try {
            boolean own = libtorch.find("ncclGetVersion").isPresent();
            SymbolLookup library = own ? libtorch : NativeLibrary.open("libnccl.so.2");
            int code = NativeCalls.intOut(library, "ncclGetVersion"); // ncclResult_t ncclGetVersion(int *version)
            if (code < 0) {
                return new Probe.Broken("ncclGetVersion gave status " + -code);
            }
            return new Probe.Found("NCCL " + version(code) + (own ? " that libtorch is linked with" : " (libnccl.so.2)"));
        } catch (NativeLibraryException e) {
            return new Probe.Missing(e.getMessage());
        }
    }

    /** nccl.h, NCCL_VERSION: major * 10000 + minor * 100 + patch from 2.9 on. */
    private static String version(int code) {
        return code / 10_000 + "." + code / 100 % 100 + "." + code % 100;
    }
}
