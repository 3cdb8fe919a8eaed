package org.drllava.bindings.host;

/** What looking for an optional piece of the host gave. Nothing here throws: the answer is for a person to read. */
public sealed interface Probe {
    /** It is there and answered. */
    record Found(String detail) implements Probe {}

    /** It is not on this host. */
    record Missing(String reason) implements Probe {}

    /** It is there but does not work. */
    record Broken(String reason) implements Probe {}
}
