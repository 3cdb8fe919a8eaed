package org.drllava.clinical.paraphrase;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.drllava.checkpoint.Sha256;
import org.drllava.clinical.paraphrase.Outcome.Failed;
import org.drllava.clinical.paraphrase.Outcome.Proposed;
import org.drllava.common.InputException;

/**
 * Asks an endpoint for rephrasings: what the cache has is not asked for, what fails is asked for again after a while, and what
 * comes is cached at once. May be used by many threads, which share the budget and wait together when the endpoint asks for it.
 */
final class Asker {
    private final Endpoint endpoint;
    private final String model;
    private final ReplyCache cache;
    private final Patience patience;
    private final Meter meter;
    private final Waiter waiter;
    private final Gate gate = new Gate();
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private volatile InputException refused;

    Asker(Endpoint endpoint, String model, ReplyCache cache, Patience patience, Meter meter, Waiter waiter) {
        this.endpoint = endpoint;
        this.model = model;
        this.cache = cache;
        this.patience = patience;
        this.meter = meter;
        this.waiter = waiter;
    }

    /** Throws {@link InputException} where the endpoint refuses for good, and from then on without asking it. */
    Outcome ask(Rephrasing rephrasing) throws InterruptedException {
        var body = Prompt.body(model, rephrasing);
        var key = ReplyCache.key(body);
        var known = cache.find(key);
        if (known.isPresent()) {
            return new Proposed(rephrasing, known.get(), true);
        }
        if (refused != null) {
            throw refused;
        }
        if (failuresInARow.get() >= patience.givenUp()) {
            return new Failed(rephrasing, "not asked for, as the endpoint had failed " + patience.givenUp() + " times in a row");
        }
        try {
            return request(rephrasing, body, key);
        } catch (InputException e) {
            refused = e;
            throw e;
        }
    }

    private Outcome request(Rephrasing rephrasing, byte[] body, String key) throws InterruptedException {
        long seed = ByteBuffer.wrap(Sha256.digest().digest(body)).getLong();
        for (int repetition = 0; ; repetition++) {
            var closed = waitAtGate();
            if (closed.compareTo(patience.longest()) > 0) {
                return new Failed(rephrasing, "the endpoint asks to wait " + closed.toSeconds() + " s");
            }
            if (!meter.takeRequest()) {
                return new Failed(rephrasing, "the budget of requests is spent");
            }
            Delivery.Failed failed;
            switch (endpoint.post(body, waiter.now())) {
                case Delivery.Answered(var reply) -> {
                    meter.add(reply);
                    var texts = ReplyTexts.of(reply.content());
                    if (!texts.isEmpty()) {
                        cache.put(key, model, rephrasing, texts);
                        failuresInARow.set(0);
                        return new Proposed(rephrasing, texts, false);
                    }
                    failed = new Delivery.Failed("a reply that is no list of texts", Duration.ZERO);
                }
                case Delivery.Failed failure -> failed = failure;
            }
            gate.close(waiter.now().plus(failed.noSooner()));
            if (repetition == patience.retries()) {
                failuresInARow.incrementAndGet();
                return new Failed(rephrasing, failed.reason() + " (asked " + (repetition + 1) + (repetition == 0 ? " time)" : " times)"));
            }
            if (failed.noSooner().compareTo(patience.longest()) <= 0) {
                waiter.pass(patience.before(repetition, seed));
            }
        }
    }

    /** Waits until the gate is open, unless that would take too long; returns how long it is still closed. */
    private Duration waitAtGate() throws InterruptedException {
        var closed = gate.closedFor(waiter.now());
        while (closed.isPositive() && closed.compareTo(patience.longest()) <= 0) {
            waiter.pass(closed);
            closed = gate.closedFor(waiter.now());
        }
        return closed;
    }
}
