package org.drllava.clinical.io;

import java.util.Locale;

/**
 * A mistake in a file that a user wrote, or what looks like one.
 *
 * @param sentence what is wrong, and what to do about it where that can be told
 */
public record Finding(Severity severity, Place place, String sentence) {
    /** With an error the file cannot be used; with a warning it can, but hardly does what was meant. */
    public enum Severity { ERROR, WARNING }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** {@code 12:5: error: …}, to which the file's name and a colon are prefixed. */
    @Override
    public String toString() {
        return place + ": " + severity.name().toLowerCase(Locale.ROOT) + ": " + sentence;
    }
}
