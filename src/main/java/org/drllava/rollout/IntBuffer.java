package org.drllava.rollout;

import java.util.Arrays;

/** A growing list of ints. */
final class IntBuffer {
    private int[] values = new int[64];
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    int[] copy(int from, int to) {
        return Arrays.copyOfRange(values, from, to);
    }
}
