package org.drllava.bindings.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Rows of float32 that need not lie end to end.
 *
 * @param data the first row's first element, or {@link MemorySegment#NULL} for an argument that is left out
 * @param ld   distance between rows, in elements
 */
public record Matrix(MemorySegment data, long ld) {
    public static final Matrix NONE = new Matrix(MemorySegment.NULL, 0);
}
