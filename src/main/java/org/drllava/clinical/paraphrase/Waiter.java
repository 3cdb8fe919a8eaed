package org.drllava.clinical.paraphrase;

import java.time.Duration;
import java.time.Instant;

/** The passing of time, so that tests need not wait for it. */
interface Waiter {
    Instant now();

    void pass(Duration time) throws InterruptedException;

    Waiter REAL = new Waiter() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void pass(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }
    };
}
