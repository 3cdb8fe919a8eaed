package org.drllava.common;

import java.io.IOException;

/** Work on something that belongs to a file or folder being written. */
@FunctionalInterface
public interface ThrowingConsumer<T> {
    void accept(T subject) throws IOException;
}
