package org.drllava.distributed;

/** The calls that ranks make together. */
enum Kind {
    GATHER("gather"), EXCHANGE("exchange"), ALL_GATHER("all-gather"), SUM("sum");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
