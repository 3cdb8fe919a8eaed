package org.drllava.text;

/**
 * A conversation as a model reads it.
 *
 * @param ids token ids [T]
 * @param learn [T], true where the token is part of an answer or the end token of one
 */
public record Encoded(int[] ids, boolean[] learn) {
    public Encoded {
        if (ids.length != learn.length) {
            throw new IllegalArgumentException(ids.length + " ids, but " + learn.length + " learn marks");
        }
    }
}
