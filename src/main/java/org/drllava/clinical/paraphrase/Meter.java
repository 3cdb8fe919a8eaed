package org.drllava.clinical.paraphrase;

/** Counts what many threads spend, and stops them at a limit. */
final class Meter {
    private final long mostRequests;
    private long requests;
    private long replies;
    private long unmetered;
    private long tokensIn;
    private long tokensOut;

    Meter(long mostRequests) {
        this.mostRequests = mostRequests;
    }

    /** Counts a request that is about to be sent; false where that would be one too many. */
    synchronized boolean takeRequest() {
        if (requests >= mostRequests) {
            return false;
        }
        requests++;
        return true;
    }

    synchronized void add(Reply reply) {
        replies++;
        tokensIn += reply.tokensIn().orElse(0);
        tokensOut += reply.tokensOut().orElse(0);
        if (reply.tokensIn().isEmpty() || reply.tokensOut().isEmpty()) {
            unmetered++;
        }
    }

    synchronized Spent spent() {
        return new Spent(requests, replies, unmetered, tokensIn, tokensOut);
    }
}
