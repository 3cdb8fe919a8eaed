package org.drllava.clinical.paraphrase;

import java.time.Duration;
import java.time.Instant;

/** Holds back all requests while the endpoint has asked to be left alone. */
final class Gate {
    private Instant opens = Instant.MIN;

    synchronized void close(Instant until) {
        opens = until.isAfter(opens) ? until : opens;
    }

    /** How long it stays closed; 0 when it is open. */
    synchronized Duration closedFor(Instant now) {
        return opens.isAfter(now) ? Duration.between(now, opens) : Duration.ZERO;
    }
}
