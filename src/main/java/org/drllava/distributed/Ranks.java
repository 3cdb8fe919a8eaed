package org.drllava.distributed;

import org.drllava.common.InputException;

/** Where a process finds the others of its run. */
public final class Ranks {
    private Ranks() {}

    /**
     * Meets the other ranks; returns when all are there and have shown that they know the secret and run the same.
     *
     * @throws InputException    when a rank runs something else or with other settings, or the port is taken
     * @throws LostRankException when a rank does not come in time
     */
    public static Collectives join(World world, JoinSettings settings) {
        if (world.size() == 1) {
            return new SingleProcess();
        }
        Transport transport = settings.transport().chosen(world, settings.gpu());
        FlightRecorder recorder = new FlightRecorder(settings.reports().resolve("rank-" + world.rank() + ".json"), world, transport.toString());
        try {
            var rendezvous = new Rendezvous(world, settings.and("--collectives", transport), transport == Transport.TCP, () -> invitation(transport));
            return watched(transport, rendezvous.meet(), world, settings, recorder);
        } catch (RuntimeException | Error e) {
            recorder.sentence(String.valueOf(e.getMessage()));
            recorder.close();
            throw e;
        }
    }

    private static Collectives watched(Transport transport, Meeting meeting, World world, JoinSettings settings, FlightRecorder recorder) {
        Watch watch = new Watch(meeting, recorder, settings.timeout(), settings.lastWords());
        watch.launcher(world.launcher());
        try {
            return new WatchedCollectives(open(transport, meeting, world, settings), watch, recorder);
        } catch (RuntimeException e) {
            RuntimeException explained = watch.explained(e);
            watch.failed(explained.getMessage()); // unless it has failed already
            watch.close();
            throw explained;
        } catch (Error e) {
            watch.failed(e.toString());
            watch.close();
            throw e;
        }
    }

    private static Collectives open(Transport transport, Meeting meeting, World world, JoinSettings settings) {
        return switch (transport) {
            case TCP -> new TcpCollectives(meeting.rank(), Mesh.connect(meeting, settings.patience()));
            case MPI -> MpiCollectives.open(world);
            case NCCL -> new NcclCollectives(meeting.invitation(), meeting.rank(), meeting.size(), world.localRank(), settings.patience());
            case AUTO -> throw new IllegalStateException("chosen before");
        };
    }

    /** What rank 0 sends to all before they open the transport: NCCL's unique id. */
    private static byte[] invitation(Transport transport) {
        return switch (transport) {
            case NCCL -> NcclCollectives.newId();
            case MPI, TCP, AUTO -> new byte[0];
        };
    }
}
