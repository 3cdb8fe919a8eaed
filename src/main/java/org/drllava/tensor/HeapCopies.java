package org.drllava.tensor;

import java.util.concurrent.atomic.LongAdder;

/**
 * Bytes copied between Java arrays and tensors. Tokens, log-probabilities and statistics pass here; what grows with the model or
 * its activations must not while it is trained, which a test counts.
 */
public final class HeapCopies {
    private static final LongAdder BYTES = new LongAdder();

    private HeapCopies() {}

    /** By this process so far. */
    public static long bytes() {
        return BYTES.sum();
    }

    static void count(long bytes) {
        BYTES.add(bytes);
    }
}
