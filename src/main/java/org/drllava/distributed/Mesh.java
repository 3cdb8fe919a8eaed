package org.drllava.distributed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A connection for data between every two ranks: each calls those before it and is called by those behind it. */
final class Mesh {
    private Mesh() {}

    /** Who calls, and that it was at the same meeting. */
    private record Caller(String session, int rank) {}

    /**
     * @return by rank; null for the own. The caller closes them
     * @throws LostRankException when a rank cannot be reached in time
     */
    static List<SocketChannel> connect(Meeting meeting, Duration timeout) {
        List<SocketChannel> channels = new ArrayList<>(Collections.nCopies(meeting.size(), null));
        Deadline deadline = Deadline.in(timeout);
        try (Door door = meeting.door()) {
            for (Member other : meeting.members().subList(0, meeting.rank())) {
                channels.set(other.rank(), call(other, meeting, deadline));
            }
            while (channels.subList(meeting.rank() + 1, meeting.size()).contains(null)) {
                Line line = door.next(deadline);
                if (line == null) {
                    int missing = meeting.rank() + 1 + channels.subList(meeting.rank() + 1, meeting.size()).indexOf(null);
                    throw new LostRankException("%s did not call %s for data within %s.".formatted(meeting.members().get(missing).named(meeting.size()),
                            meeting.self().named(meeting.size()), Deadline.words(timeout)));
                }
                admit(line, meeting, channels);
            }
            return channels;
        } catch (RuntimeException e) {
            channels.forEach(Mesh::close);
            throw e;
        }
    }

    private static SocketChannel call(Member other, Meeting meeting, Deadline deadline) {
        try {
            Line line = Call.once(new InetSocketAddress(other.address(), other.port()), deadline, meeting.doorKey());
            line.send(new Caller(meeting.session(), meeting.rank()));
            return line.channel();
        } catch (IOException e) {
            throw new LostRankException("%s cannot be reached for data at %s port %d: %s.".formatted(other.named(meeting.size()), other.address(),
                    other.port(), e.getMessage()), e);
        }
    }

    private static void admit(Line line, Meeting meeting, List<SocketChannel> channels) {
        try {
            Caller caller = line.receive(Caller.class);
            boolean expected = caller.session().equals(meeting.session()) && caller.rank() > meeting.rank() && caller.rank() < meeting.size();
            if (expected && channels.get(caller.rank()) == null) {
                channels.set(caller.rank(), line.channel());
                return;
            }
        } catch (IOException e) {
            // Missed when the time is over.
        }
        line.close();
    }

    private static void close(SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Closed is what it is.
        }
    }
}
