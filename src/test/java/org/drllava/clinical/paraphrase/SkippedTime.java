package org.drllava.clinical.paraphrase;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Time that passes at once, and is remembered. */
final class SkippedTime implements Waiter {
    static final Instant START = Instant.parse("2025-03-01T12:00:00Z");

    private final List<Duration> waits = new ArrayList<>();
    private Instant now = START;

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized void pass(Duration time) {
        waits.add(time);
        now = now.plus(time);
    }

    synchronized List<Duration> waits() {
        return List.copyOf(waits);
    }

    synchronized Duration passed() {
        return Duration.between(START, now);
    }
}
