package org.drllava.cli;

import java.lang.foreign.SymbolLookup;
import org.drllava.bindings.libtorch.LibTorchProbe;

/** Runs something real on the libtorch that the doctor found. */
@FunctionalInterface
interface OperatorProbe {
    /** Calls libtorch, but runs no operator. */
    OperatorProbe ABI_VERSION = libtorch -> "C ABI " + LibTorchProbe.of(libtorch).abiText() + " answered";

    /**
     * What ran, in words.
     *
     * @throws RuntimeException if it did not run or gave a wrong result
     */
    String run(SymbolLookup libtorch);
}
