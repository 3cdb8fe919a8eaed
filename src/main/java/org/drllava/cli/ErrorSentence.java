package org.drllava.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/** One sentence about an exception, for people who did not write the program. */
final class ErrorSentence {
    private ErrorSentence() {}

    static String of(Throwable thrown) {
        return switch (thrown) {
            // A class that opens a native library in its initialiser hides the reason in the cause.
            case ExceptionInInitializerError e when e.getCause() != null -> of(e.getCause());
            // Who threw it may have said more than the disk did, the file's name above all.
            case UncheckedIOException e when !namesFile(e.getCause()) && !e.getCause().toString().equals(e.getMessage()) -> e.getMessage();
            case UncheckedIOException e -> of(e.getCause());
            // These carry the file's name alone as their message.
            case NoSuchFileException e -> "There is no file " + e.getFile() + ".";
            case AccessDeniedException e -> "There is no permission to use " + e.getFile() + ".";
            case FileAlreadyExistsException e -> e.getFile() + " exists already.";
            case OutOfMemoryError e -> "The memory is used up (" + e.getMessage()
                    + "); for a larger Java heap set DRLLAVA_JAVA_OPTS=-Xmx8g or the like.";
            default -> thrown.getMessage() == null || thrown.getMessage().isBlank()
                    ? thrown.getClass().getSimpleName() + " (run it again with --debug to see where)."
                    : thrown.getMessage();
        };
    }

    private static boolean namesFile(Throwable cause) {
        return cause instanceof NoSuchFileException || cause instanceof AccessDeniedException || cause instanceof FileAlreadyExistsException;
    }
}
