package org.drllava.distributed;

/** What a rank is about to send to another: the number and kind of the call, and bytes. */
record Head(long number, Kind kind, long bytes) {
    /** @throws LostPeerException when rank {@code from} sends what is no head */
    static Head of(int from, long number, long kind, long bytes) {
        if (kind < 0 || kind >= Kind.values().length || bytes < 0) {
            throw LostPeerException.astray(from, "it sends what is no collective");
        }
        return new Head(number, Kind.values()[(int) kind], bytes);
    }

    /** @throws LostPeerException when rank {@code from} sends this where rank {@code to} is at another call */
    void require(long expectedNumber, Kind expectedKind, int from, int to) {
        if (number != expectedNumber || kind != expectedKind) {
            throw LostPeerException.astray(from, "it does " + this + " where rank " + to + " does " + expectedKind + " " + expectedNumber);
        }
    }

    /** @throws LostPeerException when rank {@code from} sends more or fewer bytes than rank {@code to} expects */
    void requireBytes(long expected, int from, int to) {
        if (bytes != expected) {
            throw LostPeerException.astray(from, "it does " + this + " where rank " + to + " expects " + expected);
        }
    }

    @Override
    public String toString() {
        return kind + " " + number + " with " + bytes + " bytes";
    }
}
