package org.drllava.distributed;

/**
 * A rank as the others know it.
 *
 * @param host    its name, for people
 * @param address where it listens for data; empty on rank 0 when it listens everywhere: then where it was found
 * @param port    0 when it does not listen
 */
record Member(int rank, String host, String address, int port) {
    String named(int size) {
        return "Rank " + rank + " of " + size + " on " + host;
    }
}
