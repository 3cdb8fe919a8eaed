package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Random calls with parts of random sizes, empty ones among them, and some of many pieces. What arrives is checked byte for byte. */
final class RandomCalls {
    private RandomCalls() {}

    /** With host memory. @param seed the same on every rank */
    static void run(Collectives ranks, long seed, int calls) {
        run(ranks, seed, calls, arena -> arena);
    }

    /** @param memory what buffers are of */
    static void run(Collectives ranks, long seed, int calls, Function<Arena, SegmentAllocator> memory) {
        Random random = new Random(seed);
        int size = ranks.size();
        for (int call = 0; call < calls; call++) {
            int[][] floats = new int[size][size];
            for (int[] row : floats) {
                for (int to = 0; to < size; to++) {
                    row[to] = switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> 1 + random.nextInt(9);
                        case 2 -> random.nextInt(5000);
                        default -> random.nextInt(300_000);
                    };
                }
            }
            switch (random.nextInt(4)) {
                case 0 -> exchange(ranks, floats, call, memory);
                case 1 -> allGather(ranks, floats[0], call, memory);
                case 2 -> sum(ranks, floats[0][0], memory);
                default -> gather(ranks, floats[0]);
            }
        }
        long large = 4_200_000; // more than one piece, and not a multiple of it
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> parts = IntStream.range(0, size).mapToObj(r -> filled(memory.apply(arena), large / size + r, r == ranks.rank() ? r : -1)).toList();
            ranks.allGather(parts);
            for (int r = 0; r < size; r++) {
                assertThat(parts.get(r).mismatch(filled(arena, large / size + r, r))).isEqualTo(-1);
            }
        }
        sum(ranks, (int) large, memory);
    }

    private static void gather(Collectives ranks, int[] lengths) {
        List<byte[]> all = ranks.gather(text(ranks.rank(), lengths));
        assertThat(all).hasSize(ranks.size());
        for (int r = 0; r < ranks.size(); r++) {
            assertThat(all.get(r)).isEqualTo(text(r, lengths));
        }
    }

    private static byte[] text(int rank, int[] lengths) {
        return String.valueOf(rank).repeat(lengths[rank]).getBytes(StandardCharsets.UTF_8);
    }

    private static void exchange(Collectives ranks, int[][] floats, int call, Function<Arena, SegmentAllocator> memory) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> send = new ArrayList<>();
            List<MemorySegment> receive = new ArrayList<>();
            for (int r = 0; r < ranks.size(); r++) {
                send.add(filled(memory.apply(arena), floats[ranks.rank()][r], value(call, ranks.rank(), r)));
                receive.add(filled(memory.apply(arena), floats[r][ranks.rank()], -1));
            }
            ranks.exchange(send, receive);
            for (int r = 0; r < ranks.size(); r++) {
                assertThat(receive.get(r).mismatch(filled(arena, floats[r][ranks.rank()], value(call, r, ranks.rank())))).isEqualTo(-1);
            }
        }
    }

    private static void allGather(Collectives ranks, int[] floats, int call, Function<Arena, SegmentAllocator> memory) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> parts = new ArrayList<>();
            for (int r = 0; r < ranks.size(); r++) {
                parts.add(filled(memory.apply(arena), floats[r], r == ranks.rank() ? value(call, r, 0) : -1));
            }
            ranks.allGather(parts);
            for (int r = 0; r < ranks.size(); r++) {
                assertThat(parts.get(r).mismatch(filled(arena, floats[r], value(call, r, 0)))).isEqualTo(-1);
            }
        }
    }

    private static void sum(Collectives ranks, int floats, Function<Arena, SegmentAllocator> memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = filled(memory.apply(arena), floats, ranks.rank() + 1);
            ranks.sum(values);
            float all = ranks.size() * (ranks.size() + 1) / 2f;
            MemorySegment expected = arena.allocate(ValueLayout.JAVA_FLOAT, floats);
            for (long i = 0; i < floats; i++) { // small whole numbers add up exactly in any order
                expected.setAtIndex(ValueLayout.JAVA_FLOAT, i, all + ranks.size() * (i % 1000));
            }
            assertThat(values.mismatch(expected)).isEqualTo(-1);
        }
    }

    private static float value(int call, int from, int to) {
        return 1000 * call + 10 * from + to;
    }

    /** Position and start make every place different. */
    private static MemorySegment filled(SegmentAllocator memory, long floats, float start) {
        MemorySegment segment = memory.allocate(ValueLayout.JAVA_FLOAT, floats);
        for (long i = 0; i < floats; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, start + i % 1000);
        }
        return segment;
    }
}
