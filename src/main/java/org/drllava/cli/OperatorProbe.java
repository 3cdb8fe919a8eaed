package org.drllava.cli;

import java.lang.foreign.SymbolLookup;

/** Runs something real on the libtorch that the doctor found. */
@FunctionalInterface
interface OperatorProbe {
    /**
     * What ran, in words.
     *
     * @throws RuntimeException if it did not run or gave a wrong result
     */
    String run(SymbolLookup libtorch);
}
