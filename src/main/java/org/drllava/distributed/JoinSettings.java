package org.drllava.distributed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.drllava.common.InputException;

/**
 * How a process joins the others.
 *
 * @param transport what carries the data
 * @param gpu       whether the model is on a GPU
 * @param timeout   within which a lost rank ends the job
 * @param listen    the address to listen on; without one that of {@link World#masterHost()}
 * @param secret    what every rank of the run knows and nobody else; see {@link Secret}
 * @param identity  what must be the same on every rank, by the name under which the user knows it
 * @param reports   folder for {@code rank-N.json}, which stays when the run fails
 * @param lastWords ends the process with this sentence, should it not come to an end by itself after a failure
 */
public record JoinSettings(Transport transport, boolean gpu, Duration timeout, Optional<String> listen, String secret,
        SortedMap<String, String> identity, Path reports, Consumer<String> lastWords) {
    public JoinSettings {
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new InputException("--timeout must be between 1 and 86400 seconds, found " + timeout.toSeconds() + ".");
        }
        identity = Collections.unmodifiableSortedMap(new TreeMap<>(identity));
    }

    /** How long to wait for the others at the start, so that one that hangs there ends the job in time too. */
    Duration patience() {
        return timeout.multipliedBy(2).dividedBy(3);
    }

    /** With one thing more that must be the same. */
    JoinSettings and(String name, Object value) {
        SortedMap<String, String> more = new TreeMap<>(identity);
        more.put(name, value.toString());
        return new JoinSettings(transport, gpu, timeout, listen, secret, more, reports, lastWords);
    }
}
