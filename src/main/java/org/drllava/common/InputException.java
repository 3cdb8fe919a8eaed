package org.drllava.common;

/**
 * Something the user gave cannot be used: a file, a field, an option. The message is one sentence that names the file,
 * the field and what was expected; the command line prints it alone and ends with exit status 2.
 */
public final class InputException extends RuntimeException {
    public InputException(String message) {
        super(message);
    }

    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
