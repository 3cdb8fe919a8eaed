package org.drllava.clinical.paraphrase;

import java.time.Duration;

/** How a request ended that may be made again; what no repetition mends is an exception. */
sealed interface Delivery {
    record Answered(Reply reply) implements Delivery {}

    /**
     * No usable answer this time.
     *
     * @param reason  in a few words
     * @param noSooner how long the endpoint asks to be left alone, 0 where it does not say
     */
    record Failed(String reason, Duration noSooner) implements Delivery {}
}
