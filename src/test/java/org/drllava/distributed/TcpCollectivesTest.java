package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpCollectivesTest {
    @TempDir
    private Path reports;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void gatherBringsEverybodysBytesInTheOrderOfRanks(int size) {
        List<List<String>> seen = Together.of(size, reports).run(ranks ->
                ranks.gather("x".repeat(ranks.rank() * 7).getBytes(StandardCharsets.UTF_8)).stream().map(b -> new String(b, StandardCharsets.UTF_8)).toList());
        List<String> expected = IntStream.range(0, size).mapToObj(rank -> "x".repeat(rank * 7)).toList();
        assertThat(seen).hasSize(size).allSatisfy(each -> assertThat(each).isEqualTo(expected));
    }

    /** Random calls with parts of random sizes, empty ones among them; some far larger than a socket's buffer. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void whateverTheSizesEveryByteArrivesWhereItShould(int size) {
        long seed = System.nanoTime();
        System.err.println("TcpCollectivesTest seed " + seed);
        Together.of(size, reports).run(ranks -> {
            Random random = new Random(seed); // the same calls on every rank
            for (int call = 0; call < 40; call++) {
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
                switch (random.nextInt(3)) {
                    case 0 -> exchange(ranks, floats, call);
                    case 1 -> allGather(ranks, floats[0], call);
                    default -> sum(ranks, floats[0][0]);
                }
            }
            return null;
        });
    }

    private static void exchange(Collectives ranks, int[][] floats, int call) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> send = new ArrayList<>();
            List<MemorySegment> receive = new ArrayList<>();
            for (int r = 0; r < ranks.size(); r++) {
                send.add(filled(arena, floats[ranks.rank()][r], value(call, ranks.rank(), r)));
                receive.add(filled(arena, floats[r][ranks.rank()], -1));
            }
            ranks.exchange(send, receive);
            for (int r = 0; r < ranks.size(); r++) {
                assertThat(receive.get(r).mismatch(filled(arena, floats[r][ranks.rank()], value(call, r, ranks.rank())))).isEqualTo(-1);
            }
        }
    }

    private static void allGather(Collectives ranks, int[] floats, int call) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> parts = new ArrayList<>();
            for (int r = 0; r < ranks.size(); r++) {
                parts.add(filled(arena, floats[r], r == ranks.rank() ? value(call, r, 0) : -1));
            }
            ranks.allGather(parts);
            for (int r = 0; r < ranks.size(); r++) {
                assertThat(parts.get(r).mismatch(filled(arena, floats[r], value(call, r, 0)))).isEqualTo(-1);
            }
        }
    }

    private static void sum(Collectives ranks, int floats) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = filled(arena, floats, ranks.rank() + 1);
            ranks.sum(values);
            float all = ranks.size() * (ranks.size() + 1) / 2f;
            for (long i = 0; i < floats; i++) { // small whole numbers add up exactly in any order
                assertThat(values.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(all + ranks.size() * (i % 1000));
            }
        }
    }

    private static float value(int call, int from, int to) {
        return 1000 * call + 10 * from + to;
    }

    private static MemorySegment floats(int count) {
        return filled(Arena.ofAuto(), count, 0);
    }

    /** Position and start make every place different. */
    private static MemorySegment filled(Arena arena, int floats, float start) {
        MemorySegment segment = arena.allocate(ValueLayout.JAVA_FLOAT, floats);
        for (long i = 0; i < floats; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, start + i % 1000);
        }
        return segment;
    }

    @Test
    void aRankThatDoesSomethingElseIsNamed() {
        List<Throwable> thrown = Together.of(3, reports).run(ranks -> catchThrowable(() -> {
            ranks.phase("update");
            ranks.gather(new byte[1]);
            if (ranks.rank() == 2) {
                ranks.gather(new byte[5]);
            } else {
                ranks.allGather(List.of(floats(1), floats(1), floats(1)));
            }
        }));
        assertThat(thrown).allSatisfy(e -> assertThat(e).isInstanceOf(LostRankException.class).hasMessageContaining("in phase update"));
        assertThat(thrown.getFirst()).hasMessageContaining("Rank 2 of 3").hasMessageContaining("does gather 2 with 5 bytes where rank 0 does all-gather 2");
        assertThat(thrown).extracting(Throwable::getMessage).containsOnly(thrown.getFirst().getMessage());
    }

    @Test
    void partsThatAreNotAsLongAsExpectedAreNamed() {
        List<Throwable> thrown = Together.of(2, reports).run(ranks -> catchThrowable(() -> ranks.allGather(List.of(
                floats(3), floats(4 - ranks.rank())))));
        assertThat(thrown.getFirst()).hasMessageContaining("Rank 1 of 2").hasMessageContaining("does all-gather 1 with 12 bytes where rank 0 expects 16");
    }

    @Test
    void timeInsideIsCounted() {
        List<Double> seconds = Together.of(2, reports).run(ranks -> {
            assertThat(ranks.secondsInside()).isZero();
            ranks.gather(new byte[1]);
            return ranks.secondsInside();
        });
        assertThat(seconds).allSatisfy(s -> assertThat(s).isPositive());
        assertThat(reports).isEmptyDirectory(); // an end without failure leaves no report
    }
}
