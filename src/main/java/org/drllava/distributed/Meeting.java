package org.drllava.distributed;

import java.util.List;
import java.util.Map;

/**
 * What a rank knows once all have come.
 *
 * @param members    by rank
 * @param session    of this meeting alone; nobody else has it
 * @param invitation what rank 0 made for the transport, at most a few hundred bytes
 * @param lines      to rank 0, or on rank 0 to every other
 * @param door       where this rank's data is received; null unless the transport is TCP
 * @param doorKey    of those doors
 */
record Meeting(int rank, List<Member> members, String session, byte[] invitation, Map<Integer, Line> lines, Door door, byte[] doorKey) {
    int size() {
        return members.size();
    }

    Member self() {
        return members.get(rank);
    }

    /** Hangs up on everybody. */
    void leave() {
        lines.values().forEach(Line::close);
        if (door != null) {
            door.close();
        }
    }
}
