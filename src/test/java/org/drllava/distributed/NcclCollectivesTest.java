package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranks in processes of their own, whose NCCL is a stand-in: the class that runs on GPUs, with all its calls. */
class NcclCollectivesTest {
    private static final int TIMEOUT_SECONDS = 20;

    @TempDir
    private Path reports;

    @ParameterizedTest
    @CsvSource({"random, 2", "random, 4", "random-device, 2", "random-device, 4"})
    void whateverTheSizesEveryByteArrivesWhereItShould(String task, int size) {
        long seed = System.nanoTime();
        System.err.println("NcclCollectivesTest seed " + seed);
        try (Processes run = Processes.nccl(size, reports, TIMEOUT_SECONDS, task, String.valueOf(seed))) {
            for (int rank = 0; rank < size; rank++) {
                run.awaitEnd(rank);
                assertThat(run.ranks.get(rank).status()).as(run.seen()::toString).isZero();
            }
            assertThat(run.seen()).filteredOn(line -> line.endsWith("all right over NCCL 2.99.99")).hasSize(size);
        }
        assertThat(reports).isEmptyDirectory();
    }

    @Test
    void aKilledRankEndsTheOthers() {
        try (Processes run = Processes.nccl(3, reports, TIMEOUT_SECONDS, "forever")) {
            run.await(3, line -> line.contains("ready"));
            run.ranks.get(1).kill();
            endsWith(run, List.of(0, 2), "Rank 1 of 3 on ", "was lost in phase rollout", "its process has ended");
        }
    }

    @Test
    void aStoppedRankEndsTheOthersInTime() {
        int timeoutSeconds = 4;
        try (Processes run = Processes.nccl(3, reports, timeoutSeconds, "forever")) {
            run.await(3, line -> line.contains("ready"));
            Processes.signal("STOP", run.ranks.get(2).pid());
            assertThat(endsWith(run, List.of(0, 1), "Rank 2 of 3 on ", "nothing was heard of it for 2 s")).isLessThan(timeoutSeconds);
            Processes.signal("CONT", run.ranks.get(2).pid());
            run.awaitEnd(2);
            assertThat(run.ranks.get(2).status()).isEqualTo(1);
        }
    }

    @Test
    void aRankThatThrowsTellsTheOthersWhy() {
        try (Processes run = Processes.nccl(2, reports, TIMEOUT_SECONDS, "throw")) {
            endsWith(run, List.of(0), "Rank 1 of 2 on ", "The loss is not a number.");
        }
    }

    @Test
    void aRankThatDoesSomethingElseIsNamed() {
        try (Processes run = Processes.nccl(2, reports, TIMEOUT_SECONDS, "astray")) {
            endsWith(run, List.of(0, 1), "Rank 1 of 2 on ", "it does gather 2 with 5 bytes where rank 0 does sum 2");
        }
    }

    /** @return seconds until the last of these ranks had failed, and said so */
    private static double endsWith(Processes run, List<Integer> ranks, String... words) {
        double seconds = 0;
        for (int rank : ranks) {
            seconds = Math.max(seconds, run.awaitEnd(rank));
            assertThat(run.ranks.get(rank).status()).isEqualTo(1);
            assertThat(run.ranks.get(rank).describe()).contains(words);
        }
        return seconds;
    }
}
