package org.drllava.common;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A signal (Ctrl-C, SIGTERM) asks the program to end. Work that has something to save listens, and gets the time to come to
 * the end of its step; without a listener the process ends at once.
 */
public final class StopRequest {
    private static final AtomicInteger LISTENERS = new AtomicInteger();
    private static final CountDownLatch SERVED = new CountDownLatch(1);
    private static volatile boolean made;

    private StopRequest() {}

    /** While it is open, {@link #made} is looked at between steps. */
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    public static Listening listen() {
        LISTENERS.incrementAndGet();
        return LISTENERS::decrementAndGet;
    }

    public static boolean made() {
        return made;
    }

    /** What a signal does: returns when the process may end. */
    public static void make() {
        made = true;
        try {
            if (LISTENERS.get() > 0) {
                SERVED.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The program has said its last word. */
    public static void served() {
        SERVED.countDown();
    }
}
