package org.drllava.distributed;

import java.time.Duration;

/** A moment until which something is waited for. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** A time for people. */
    static String words(Duration time) {
        return time.toSeconds() >= 10 || time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    boolean passed() {
        return nanoTime - System.nanoTime() <= 0;
    }

    /** At least a millisecond, as a wait of none would mean for ever to a socket. */
    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, nanoTime - System.nanoTime()));
    }
}
