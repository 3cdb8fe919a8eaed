package org.drllava.cli;

/** Runs something real on libtorch. */
@FunctionalInterface
interface OperatorProbe {
    /**
     * What ran, in words.
     *
     * @throws RuntimeException if it did not run or gave a wrong result
     */
    String run();
}
