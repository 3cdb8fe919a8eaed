package org.drllava.model;

/** How many tokens each row of a cache holds. */
final class RowLengths {
    private final int[] lengths;
    private final int capacity;

    /** Empty rows. */
    RowLengths(int rows, int capacity) {
        lengths = new int[rows];
        this.capacity = capacity;
    }

    /** Tokens that a row may hold. */
    int capacity() {
        return capacity;
    }

    int of(int row) {
        return lengths[row];
    }

    int[] all() {
        return lengths.clone();
    }

    /** @throws IllegalStateException when a row would hold more than the capacity */
    void grow(int[] added) {
        for (int row = 0; row < lengths.length; row++) {
            if (lengths[row] + added[row] > capacity) {
                throw new IllegalStateException("row " + row + " would hold " + (lengths[row] + added[row])
                        + " tokens, more than the cache's " + capacity);
            }
        }
        for (int row = 0; row < lengths.length; row++) {
            lengths[row] += added[row];
        }
    }

    /** Row {@code to} gets the first {@code length} tokens of row {@code from}. */
    void copy(int from, int to, int length) {
        if (length < 0 || length > lengths[from]) {
            throw new IllegalArgumentException("row " + from + " holds " + lengths[from] + " tokens, not " + length);
        }
        lengths[to] = length;
    }
}
