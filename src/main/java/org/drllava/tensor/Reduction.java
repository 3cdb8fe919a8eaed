package org.drllava.tensor;

/** How ranks add their gradients. */
public enum Reduction {
    /** In the order of {@link UnitTree}: the same bits on any number of ranks. */
    EXACT,
    /** By the transport's own sum: fewer copies, and other last bits on another number of ranks. */
    FAST
}
