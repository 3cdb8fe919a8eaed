package org.drllava.distributed;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;

/** Collectives over some transport whose calls are on record, and which end with one sentence when a rank is lost. */
final class WatchedCollectives implements Collectives {
    private final Collectives transport;
    private final Watch watch;
    private final FlightRecorder recorder;

    WatchedCollectives(Collectives transport, Watch watch, FlightRecorder recorder) {
        this.transport = transport;
        this.watch = watch;
        this.recorder = recorder;
        watch.guard(transport::abort, transport::moved);
    }

    @Override
    public int rank() {
        return transport.rank();
    }

    @Override
    public int size() {
        return transport.size();
    }

    @Override
    public String transport() {
        return transport.transport();
    }

    @Override
    public boolean onDevice() {
        return transport.onDevice();
    }

    @Override
    public List<byte[]> gather(byte[] mine) {
        return inside(Kind.GATHER, mine.length, () -> transport.gather(mine));
    }

    @Override
    public void exchange(List<MemorySegment> send, List<MemorySegment> receive) {
        inside(Kind.EXCHANGE, bytes(send), () -> {
            transport.exchange(send, receive);
            return null;
        });
    }

    @Override
    public void allGather(List<MemorySegment> parts) {
        inside(Kind.ALL_GATHER, bytes(parts), () -> {
            transport.allGather(parts);
            return null;
        });
    }

    @Override
    public void sum(MemorySegment values) {
        inside(Kind.SUM, values.byteSize(), () -> {
            transport.sum(values);
            return null;
        });
    }

    private <T> T inside(Kind kind, long bytes, Supplier<T> call) {
        watch.check();
        recorder.begin(kind, bytes, watch.phase());
        boolean done = false;
        try {
            T result = call.get();
            done = true;
            return result;
        } catch (RuntimeException e) {
            transport.abort();
            throw watch.explained(e);
        } finally {
            recorder.end(done);
        }
    }

    private static long bytes(List<MemorySegment> parts) {
        return parts.stream().mapToLong(MemorySegment::byteSize).sum();
    }

    @Override
    public void phase(String name) {
        watch.phase(name);
    }

    @Override
    public double secondsInside() {
        return recorder.secondsInside();
    }

    @Override
    public void fail(String sentence) {
        watch.failed(sentence);
        transport.abort();
    }

    @Override
    public void abort() {
        transport.abort();
    }

    /** Rank 0 stays until the others have ended too, as it watches over them. */
    @Override
    public void close() {
        try (recorder; watch; transport) {
            watch.farewell();
        }
    }
}
