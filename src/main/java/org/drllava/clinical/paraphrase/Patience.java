package org.drllava.clinical.paraphrase;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long to bear with an endpoint that fails. Before repetition <i>n</i> = 0, 1, … of a request lie
 * (0.5 + 0.5 <i>u</i>) min({@code longest}, {@code first} · 2<sup>n</sup>), where <i>u</i> is uniform over [0, 1): requests that failed
 * together are not repeated together.
 *
 * @param retries repetitions of one request
 * @param longest also the longest wait that an endpoint may ask for; one that asks for more is not asked again
 * @param givenUp wordings that may fail one after the other before the rest are not asked for any more
 */
record Patience(int retries, Duration first, Duration longest, int givenUp) {
    Patience(int retries) {
        this(retries, Duration.ofSeconds(1), Duration.ofMinutes(2), 8);
    }

    /** @param seed of the request, so that a run can be repeated with the same waits */
    Duration before(int repetition, long seed) {
        long most = Math.min(longest.toMillis(), first.toMillis() << Math.min(repetition, 20));
        double share = .5 + .5 * new SplittableRandom(seed + repetition).nextDouble();
        return Duration.ofMillis((long) (most * share));
    }
}
