package org.drllava.clinical.io;

/** A text and where it stands. */
public record Text(String value, Place place) {
    @Override
    public String toString() {
        return value;
    }
}
