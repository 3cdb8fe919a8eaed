package org.drllava.distributed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/** What a rank is about to send to another: the number and kind of the call, and bytes. */
record Head(long number, Kind kind, long bytes) {
    /** Bytes of one rank's part of a {@link Collectives#gather}. */
    private static final long MOST_GATHERED = 1 << 30;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /** Bytes of a row, in which a rank says what it is about to send to each of {@code size} ranks. */
    static long rowBytes(int size) {
        return (2L + size) * Long.BYTES;
    }

    static void writeRow(MemorySegment row, long number, Kind kind, int size, IntToLongFunction bytesFor) {
        row.setAtIndex(LONG, 0, number);
        row.setAtIndex(LONG, 1, kind.ordinal());
        for (int to = 0; to < size; to++) {
            row.setAtIndex(LONG, 2 + to, bytesFor.applyAsLong(to));
        }
    }

    /**
     * What each rank is about to send to rank {@code to}.
     *
     * @param rows every rank's, one behind the other
     * @throws LostPeerException when a rank is at another call than this
     */
    static List<Head> readRows(MemorySegment rows, long number, Kind kind, int size, int to) {
        List<Head> heads = new ArrayList<>();
        for (int from = 0; from < size; from++) {
            MemorySegment row = rows.asSlice(from * rowBytes(size), rowBytes(size));
            Head head = of(from, row.getAtIndex(LONG, 0), row.getAtIndex(LONG, 1), row.getAtIndex(LONG, 2 + to));
            head.require(number, kind, from, to);
            heads.add(head);
        }
        return heads;
    }

    /** @throws LostPeerException when a rank's part for rank {@code to} has another size than the one expected */
    static void requireBytes(List<Head> heads, List<MemorySegment> expected, int to) {
        for (int from = 0; from < heads.size(); from++) {
            heads.get(from).requireBytes(expected.get(from).byteSize(), from, to);
        }
    }

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

    /** @throws LostPeerException when rank {@code from} sends more than may be gathered */
    void requireGatherable(int from) {
        if (bytes > MOST_GATHERED) {
            throw LostPeerException.astray(from, "it sends " + this + ", more than " + MOST_GATHERED);
        }
    }

    @Override
    public String toString() {
        return kind + " " + number + " with " + bytes + " bytes";
    }
}
