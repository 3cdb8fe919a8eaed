package org.drllava.clinical.paraphrase;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What a run would send, without sending it. */
public final class DryRun {
    /** A common estimate for English. */
    private static final int BYTES_A_TOKEN = 4;

    private DryRun() {}

    /** Lines for people, the first request's body at their end. */
    public static String text(String model, Path cacheFolder, List<Rephrasing> rephrasings) {
        var cache = new ReplyCache(cacheFolder);
        var bodies = rephrasings.stream().map(rephrasing -> Prompt.body(model, rephrasing))
                .filter(body -> cache.find(ReplyCache.key(body)).isEmpty()).toList();
        long tokens = bodies.stream().mapToLong(body -> body.length / BYTES_A_TOKEN).sum();
        var text = "rephrasings " + rephrasings.size() + ", cached " + (rephrasings.size() - bodies.size()) + "\nrequests to send " + bodies.size()
                + ", with roughly " + tokens + " tokens\n";
        return bodies.isEmpty() ? text : text + "the first of them:\n" + new String(bodies.getFirst(), StandardCharsets.UTF_8) + "\n";
    }
}
