package org.drllava.distributed;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.drllava.common.InputException;

/**
 * How ranks find each other: rank 0 listens, the others call it and say who they are; when all have come, rank 0 tells everybody
 * who there is. The lines of that talk stay open, for {@link Watch}.
 *
 * @param tcp        whether the ranks will exchange data over sockets, and so have to listen for them
 * @param invitation asked on rank 0 for what the transport needs to bring the ranks together, such as NCCL's unique id
 */
record Rendezvous(World world, JoinSettings settings, boolean tcp, Supplier<byte[]> invitation) {
    /** What a rank says of itself. */
    private record Hello(int size, Member member, SortedMap<String, String> identity) {
        Hello {
            Objects.requireNonNull(identity);
            Objects.checkIndex(member.rank(), size);
        }

        int rank() {
            return member.rank();
        }
    }

    /** What rank 0 says when all have come, or why nothing comes of it. */
    private record Welcome(String refusal, boolean badInput, String session, List<Member> members, byte[] invitation) {
        static Welcome refused(String reason, boolean badInput) {
            return new Welcome(reason, badInput, "", List.of(), new byte[0]);
        }

        Welcome accepted() {
            if (refusal != null) {
                throw badInput ? new InputException(refusal) : new LostRankException(refusal);
            }
            return this;
        }
    }

    Meeting meet() {
        try {
            return world.rank() == 0 ? lead() : follow();
        } catch (IOException e) {
            throw new LostRankException("The ranks cannot meet at " + world.place() + ": " + e.getMessage() + ".", e);
        }
    }

    private Meeting lead() throws IOException {
        InetAddress address = Addresses.ofRankZero(world, settings.listen());
        List<Line> callers = new ArrayList<>();
        Door data = null;
        try (Door door = openMaster(address)) {
            data = tcp ? Door.open(address, 0, key("data")) : null;
            Map<Integer, Hello> hellos = new TreeMap<>(Map.of(0, hello(data)));
            Map<Integer, Line> lines = gather(door, hellos, callers);
            hellos.values().forEach(hello -> Identity.difference(0, hellos.get(0).identity(), hello.rank(), hello.identity()).ifPresent(sentence -> {
                throw new InputException(sentence);
            }));
            var welcome = new Welcome(null, false, HexFormat.of().formatHex(Handshake.challenge()),
                    hellos.values().stream().map(Hello::member).toList(), invitation.get());
            for (Line line : callers) {
                line.send(welcome);
            }
            return new Meeting(0, welcome.members(), welcome.session(), welcome.invitation(), lines, data, key("data"));
        } catch (RuntimeException | IOException e) {
            refuse(callers, Welcome.refused(e.getMessage(), e instanceof InputException));
            if (data != null) {
                data.close();
            }
            throw e;
        }
    }

    /** Waits until every rank has come and said hello. */
    private Map<Integer, Line> gather(Door door, Map<Integer, Hello> hellos, List<Line> callers) {
        Deadline deadline = Deadline.in(settings.patience());
        Map<Integer, Line> lines = new TreeMap<>();
        while (hellos.size() < world.size()) {
            Line line = door.next(deadline);
            if (line == null) {
                throw missing(hellos, door.turnedAway());
            }
            callers.add(line);
            try {
                Hello hello = checked(line.receive(Hello.class), hellos);
                Member member = hello.member();
                // Who listens everywhere is where it called from.
                String address = member.address().isEmpty() ? line.remote().getAddress().getHostAddress() : member.address();
                hellos.put(hello.rank(), new Hello(hello.size(), new Member(member.rank(), member.host(), address, member.port()), hello.identity()));
                lines.put(hello.rank(), line);
            } catch (IOException e) { // ended while it spoke: the deadline will tell
                callers.remove(line);
                line.close();
            }
        }
        return lines;
    }

    private Hello checked(Hello hello, Map<Integer, Hello> before) {
        if (hello.size() != world.size()) {
            throw new InputException("Ranks 0 and %d do not run the same: rank 0 is one of %d ranks and rank %d one of %d."
                    .formatted(hello.rank(), world.size(), hello.rank(), hello.size()));
        }
        Hello same = before.get(hello.rank());
        if (same != null) {
            throw new InputException("Rank %d of %d came twice, from %s and %s; every process needs a rank of its own."
                    .formatted(hello.rank(), world.size(), same.member().host(), hello.member().host()));
        }
        return hello;
    }

    private LostRankException missing(Map<Integer, Hello> hellos, String turnedAway) {
        List<String> ranks = IntStream.range(0, world.size()).filter(rank -> !hellos.containsKey(rank)).mapToObj(String::valueOf).toList();
        String named = (ranks.size() == 1 ? "Rank " : "Ranks ") + ranks.stream().limit(8).collect(Collectors.joining(", ")) + (ranks.size() > 8 ? ", …" : "");
        return new LostRankException("%s of %d did not come to %s within %s%s.".formatted(named, world.size(), world.place(), Deadline.words(settings.patience()), turnedAway));
    }

    private static void refuse(List<Line> callers, Welcome refusal) {
        for (Line line : callers) {
            try (line) {
                line.send(refusal);
            } catch (IOException e) {
                // It has gone already.
            }
        }
    }

    private Meeting follow() {
        Line line = new Call(world, settings.patience(), key("ranks")).untilAnswered();
        Door data = null;
        try {
            data = tcp ? Door.open(Addresses.forData(settings.listen(), line), 0, key("data")) : null;
            line.patience(settings.patience().plus(settings.timeout().dividedBy(16))); // a little more than rank 0 waits for the last rank
            line.send(hello(data));
            Welcome welcome = line.receive(Welcome.class).accepted();
            List<Member> members = new ArrayList<>(welcome.members());
            Member first = members.getFirst();
            if (first.address().isEmpty()) {
                members.set(0, new Member(0, first.host(), line.remote().getAddress().getHostAddress(), first.port()));
            }
            return new Meeting(world.rank(), members, welcome.session(), welcome.invitation(), Map.of(0, line), data, key("data"));
        } catch (RuntimeException | IOException e) {
            line.close();
            if (data != null) {
                data.close();
            }
            throw e instanceof RuntimeException r ? r : new LostRankException("Rank 0 at " + world.place() + " has ended before all ranks had come.", e);
        }
    }

    private Hello hello(Door data) {
        String address = data == null || data.address().getAddress().isAnyLocalAddress() ? "" : data.address().getAddress().getHostAddress();
        int port = data == null ? 0 : data.address().getPort();
        return new Hello(world.size(), new Member(world.rank(), Addresses.hostName(), address, port), settings.identity());
    }

    private Door openMaster(InetAddress address) throws IOException {
        try {
            return Door.open(address, world.masterPort(), key("ranks"));
        } catch (BindException e) {
            throw new InputException("Port " + world.masterPort() + " of " + address.getHostAddress()
                    + " is taken by another process; choose another for this run, with MASTER_PORT or launch --master.", e);
        }
    }

    private byte[] key(String purpose) {
        return Handshake.derive(settings.secret(), purpose + " " + world.job());
    }
}
