package org.drllava.bindings.nccl;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.drllava.bindings.cuda.Cuda;
import org.drllava.bindings.cuda.CudaMemory;
import org.drllava.bindings.cuda.CudaStream;

/** A rank. Arguments: task, rank, size and, but for rank 0, which prints it, the unique id. Device memory is the host's here. */
final class NcclProgram {
    private static final int N = 1003;

    private final int rank;
    private final int size;
    private final Arena arena = Arena.ofConfined();
    private final CudaStream stream;
    private final NcclCommunicator communicator;

    private NcclProgram(byte[] id, int rank, int size, boolean blocking) {
        this.rank = rank;
        this.size = size;
        Cuda.use(rank);
        stream = CudaStream.create(CudaStream.Order.WITH_DEFAULT);
        communicator = NcclCommunicator.join(id, size, rank, blocking);
    }

    public static void main(String[] arguments) {
        int rank = Integer.parseInt(arguments[1]);
        int size = Integer.parseInt(arguments[2]);
        String hex = rank == 0 ? HexFormat.of().formatHex(NcclCommunicator.newId()) : arguments[3];
        boolean early = arguments[0].equals("early");
        if (rank == 0 && !early) {
            System.out.println(hex);
        }
        if (arguments[0].equals("missing") && rank > 0) {
            return;
        }
        var program = new NcclProgram(HexFormat.of().parseHex(hex), rank, size, arguments[0].equals("blocking"));
        if (rank == 0 && early) {
            program.early();
            System.out.println(hex);
        }
        switch (arguments[0]) {
            case "collectives" -> program.collectives();
            case "groups" -> program.groups();
            case "blocking" -> program.blocking();
            case "early" -> program.collectives();
            case "unlike" -> program.unlike();
            case "gone" -> program.gone();
            case "aborted" -> program.aborted();
            case "missing" -> program.missing();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        program.stream.close();
        program.arena.close();
    }

    private void collectives() {
        await(communicator::isReady);
        for (int round = 0; round < 10; round++) {
            int start = round;
            MemorySegment mine = device(N, i -> start + i + rank);
            MemorySegment sum = device(N, _ -> -1);
            communicator.allReduce(mine, sum, NcclType.FLOAT32, NcclReduction.SUM, stream);
            finish();
            requireValues(sum, i -> size * (start + i) + size * (size - 1) / 2);
            communicator.allReduce(mine, mine, NcclType.FLOAT32, NcclReduction.MAX, stream);
            finish();
            requireValues(mine, i -> start + i + size - 1);

            MemorySegment parts = device(N * size, i -> i * (rank + 1));
            MemorySegment part = device(N, _ -> -1);
            communicator.reduceScatter(parts, part, NcclType.FLOAT32, NcclReduction.AVERAGE, stream);
            finish();
            requireValues(part, i -> (rank * N + i) * (size + 1) / 2.0);

            int root = round % size;
            MemorySegment word = device(N, i -> rank * 10_000 + i);
            communicator.broadcast(word, word, NcclType.FLOAT32, root, stream);
            finish();
            requireValues(word, i -> root * 10_000 + i);

            MemorySegment all = device(N * size, _ -> -1);
            communicator.allGather(device(N, i -> rank * N + i), all, NcclType.FLOAT32, stream);
            finish();
            requireValues(all, i -> i);
        }
        MemorySegment longs = CudaMemory.device(arena, 8L * N);
        IntStream.range(0, N).forEach(i -> longs.setAtIndex(JAVA_LONG, i, (1L << 40) + i + rank));
        communicator.allReduce(longs, longs, NcclType.INT64, NcclReduction.PRODUCT, stream);
        finish();
        assertThat(longs.getAtIndex(JAVA_LONG, 3)).isEqualTo(IntStream.range(0, size).mapToLong(r -> (1L << 40) + 3 + r).reduce(1, (a, b) -> a * b));
        assertThatThrownBy(() -> communicator.allReduce(arena.allocate(64), longs.asSlice(0, 64), NcclType.FLOAT32, NcclReduction.SUM, stream))
                .isInstanceOf(NcclException.class).hasMessage("ncclAllReduce(16 of FLOAT32) failed: invalid argument (a buffer is not device memory)");
        assertThatThrownBy(() -> communicator.allGather(longs, longs, NcclType.FLOAT32, stream)).isInstanceOf(IllegalArgumentException.class);
        part();
    }

    /** Everybody with everybody, more than a socket holds, sent before it is received: without a group nobody would get anywhere. */
    private void groups() {
        await(communicator::isReady);
        int n = 300_000;
        MemorySegment[] in = new MemorySegment[size];
        for (int peer = 0; peer < size; peer++) {
            in[peer] = device(n, _ -> -1);
        }
        MemorySegment sum = device(N, i -> i);
        NcclCommunicator.group(() -> {
            for (int peer = 0; peer < size; peer++) {
                int to = peer;
                communicator.send(device(n, i -> i % 1000 + 100 * rank + to), NcclType.FLOAT32, peer, stream);
            }
            communicator.allReduce(sum, sum, NcclType.FLOAT32, NcclReduction.SUM, stream);
            for (int peer = 0; peer < size; peer++) {
                communicator.receive(in[peer], NcclType.FLOAT32, peer, stream);
            }
        });
        finish();
        for (int peer = 0; peer < size; peer++) {
            int from = peer;
            requireValues(in[peer], i -> i % 1000 + 100 * from + rank);
        }
        requireValues(sum, i -> size * i);
        part();
    }

    private void blocking() {
        assertThat(communicator.isReady()).isTrue();
        MemorySegment values = device(N, i -> i);
        communicator.allReduce(values, values, NcclType.FLOAT32, NcclReduction.SUM, stream);
        stream.synchronize();
        requireValues(values, i -> size * i);
        communicator.finish();
        communicator.destroy();
    }

    /** A communicator that does not block says so when the call before, here the meeting, has not taken hold yet. */
    private void early() {
        MemorySegment values = device(N, i -> i);
        assertThatThrownBy(() -> communicator.allReduce(values, values, NcclType.FLOAT32, NcclReduction.SUM, stream))
                .isInstanceOf(NcclException.class).hasMessageContaining("invalid usage (the communicator is still busy");
    }

    /** What ranks do not do alike is an asynchronous error. */
    private void unlike() {
        await(communicator::isReady);
        MemorySegment values = device(N + rank, i -> i);
        communicator.allReduce(values, values, NcclType.FLOAT32, NcclReduction.SUM, stream);
        assertThatThrownBy(this::finish).isInstanceOf(NcclException.class).hasMessageStartingWith("The communicator failed: ");
        assertThat(stream.isDone()).as("only an abort ends it").isFalse();
        communicator.abort();
        stream.synchronize();
    }

    /** A rank that ends without a word. */
    private void gone() {
        await(communicator::isReady);
        if (rank == 2) {
            Runtime.getRuntime().halt(0);
        }
        MemorySegment values = device(N, i -> i);
        communicator.allReduce(values, values, NcclType.FLOAT32, NcclReduction.SUM, stream);
        assertThatThrownBy(this::finish).isInstanceOf(NcclException.class).hasMessageContaining("remote process exited");
        communicator.abort();
        stream.synchronize();
    }

    /** Rank 1 never makes the call; rank 0 gives up, and rank 1 finds it gone. */
    private void aborted() {
        await(communicator::isReady);
        if (rank == 0) {
            MemorySegment values = device(N, i -> i);
            communicator.allReduce(values, values, NcclType.FLOAT32, NcclReduction.SUM, stream);
            await(communicator::isReady);
            assertThat(stream.isDone()).isFalse();
            communicator.abort();
            stream.synchronize();
        } else {
            MemorySegment values = device(N, i -> i);
            communicator.receive(values, NcclType.FLOAT32, 0, stream);
            assertThatThrownBy(this::finish).isInstanceOf(NcclException.class);
            communicator.abort();
        }
    }

    /** Nobody else comes. */
    private void missing() {
        for (int look = 0; look < 100; look++) {
            assertThat(communicator.isReady()).isFalse();
            Thread.onSpinWait();
        }
        communicator.abort();
    }

    private void part() {
        communicator.finish();
        await(communicator::isReady);
        communicator.destroy();
    }

    private void finish() {
        await(communicator::isReady);
        await(() -> communicator.isReady() && stream.isDone());
    }

    private static void await(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            LockSupport.parkNanos(20_000);
        }
    }

    private MemorySegment device(int floats, IntToDoubleFunction value) {
        MemorySegment memory = CudaMemory.device(arena, 4L * floats);
        for (int i = 0; i < floats; i++) {
            memory.setAtIndex(JAVA_FLOAT, i, (float) value.applyAsDouble(i));
        }
        return memory;
    }

    private static void requireValues(MemorySegment memory, IntToDoubleFunction value) {
        for (int i = 0; i < memory.byteSize() / 4; i++) {
            if (memory.getAtIndex(JAVA_FLOAT, i) != (float) value.applyAsDouble(i)) {
                throw new AssertionError("element " + i + " is " + memory.getAtIndex(JAVA_FLOAT, i) + ", not " + value.applyAsDouble(i));
            }
        }
    }
}
