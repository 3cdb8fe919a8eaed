package org.drllava.bindings.libtorch;

import java.lang.foreign.MemorySegment;

/** A text argument of an operator (a schema's {@code str}), kept as a C string for the whole process. */
public record InternedString(String text, MemorySegment bytes, long length) {
    public static InternedString of(String text) {
        MemorySegment bytes = LibTorch.cString(text);
        return new InternedString(text, bytes, bytes.byteSize() - 1);
    }

    @Override
    public String toString() {
        return '"' + text + '"';
    }
}
