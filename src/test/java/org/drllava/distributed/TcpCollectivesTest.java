package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void whateverTheSizesEveryByteArrivesWhereItShould(int size) {
        long seed = System.nanoTime();
        System.err.println("TcpCollectivesTest seed " + seed);
        Together.of(size, reports).run(ranks -> {
            RandomCalls.run(ranks, seed, 40);
            return null;
        });
    }

    private static MemorySegment floats(int count) {
        return Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, count);
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
