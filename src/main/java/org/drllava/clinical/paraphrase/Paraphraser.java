package org.drllava.clinical.paraphrase;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import org.drllava.common.InputException;
import org.drllava.common.Progress;

/** Asks a language model for rephrasings, several at a time. */
public final class Paraphraser {
    private final Server server;
    private final String model;
    private final ReplyCache cache;
    private final Limits limits;
    private final Patience patience;
    private final Waiter waiter;

    /** Where the model is. */
    public record Server(BaseUrl base, ApiKey key) {}

    /**
     * @param concurrency  requests under way at once
     * @param mostRequests requests that may be sent in all, repetitions included
     * @param timeout      for one exchange
     * @param retries      repetitions of a request that fails
     */
    public record Limits(int concurrency, long mostRequests, Duration timeout, int retries) {}

    /** @param outcomes one for each rephrasing, in order */
    public record Answers(List<Outcome> outcomes, Spent spent) {}

    /** @param cache folder of the replies that were paid for; an interrupted run goes on from there */
    public Paraphraser(Server server, String model, Path cache, Limits limits) {
        this(server, model, cache, limits, new Patience(limits.retries()), Waiter.REAL);
    }

    Paraphraser(Server server, String model, Path cache, Limits limits, Patience patience, Waiter waiter) {
        this.server = server;
        this.model = model;
        this.cache = new ReplyCache(cache);
        this.limits = limits;
        this.patience = patience;
        this.waiter = waiter;
    }

    /** Throws {@link InputException} as soon as the endpoint refuses for good; what came before is in the cache then. */
    public Answers ask(List<Rephrasing> rephrasings) {
        var meter = new Meter(limits.mostRequests());
        var outcomes = new Outcome[rephrasings.size()];
        try (var endpoint = new Endpoint(server, limits.timeout());
                var workers = Executors.newFixedThreadPool(limits.concurrency(), Thread.ofVirtual().factory());
                var progress = Progress.start("Paraphrases", outcomes.length, "replies")) {
            var asker = new Asker(endpoint, model, cache, patience, meter, waiter);
            var done = new ExecutorCompletionService<Outcome>(workers);
            for (int i = 0; i < outcomes.length; i++) {
                int at = i;
                done.submit(() -> outcomes[at] = asker.ask(rephrasings.get(at)));
            }
            try {
                for (int i = 0; i < outcomes.length; i++) {
                    done.take().get();
                    progress.step(meter.spent().requests() + " requests");
                }
            } finally {
                workers.shutdownNow();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException thrown ? thrown : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for paraphrases", e);
        }
        return new Answers(Arrays.asList(outcomes), meter.spent());
    }
}
