package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Ranks that mpirun has started. */
class MpiCollectivesTest {
    private static final int TIMEOUT_SECONDS = 20;

    @TempDir
    private Path reports;

    @ParameterizedTest
    @CsvSource({"OPEN_MPI,2", "OPEN_MPI,4", "MPICH,2", "MPICH,4"})
    void whateverTheSizesEveryByteArrivesWhereItShould(MpiRun mpirun, int size) {
        assumeTrue(mpirun.isInstalled(), mpirun::absence);
        long seed = System.nanoTime();
        System.err.println("MpiCollectivesTest seed " + seed);
        try (Processes run = Processes.mpirun(mpirun, size, reports, TIMEOUT_SECONDS, "random", String.valueOf(seed))) {
            run.awaitEnd(0);
            assertThat(run.ranks.getFirst().status()).as(run.seen()::toString).isZero();
            String library = mpirun == MpiRun.OPEN_MPI ? "Open MPI " : "MPICH ";
            assertThat(run.seen()).filteredOn(line -> line.contains("all right over " + library)).hasSize(size);
        }
        assertThat(reports).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource
    void aKilledRankEndsTheOthers(MpiRun mpirun) {
        assumeTrue(mpirun.isInstalled(), mpirun::absence);
        try (Processes run = Processes.mpirun(mpirun, 3, reports, TIMEOUT_SECONDS, "forever")) {
            run.await(3, line -> line.contains("ready, process "));
            List<Long> processes = run.seen().stream().filter(line -> line.contains("ready, process "))
                    .map(line -> Long.valueOf(line.substring(line.lastIndexOf(' ') + 1))).toList();
            Processes.signal("KILL", processes.getFirst());
            run.awaitEnd(0);
            assertThat(run.ranks.getFirst().status()).isNotZero();
            assertThat(processes).allSatisfy(process -> ProcessHandle.of(process).ifPresent(handle -> // mpirun may end a little earlier
                    assertThat(handle.onExit()).succeedsWithin(Duration.ofSeconds(TIMEOUT_SECONDS))));
            assertThat(run.seen()).anyMatch(line -> line.contains("signal 9") || line.contains("EXIT CODE: 9") || line.contains("Rank 0 of 3 on "));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAbortEndsAllRanks(MpiRun mpirun) {
        assumeTrue(mpirun.isInstalled(), mpirun::absence);
        try (Processes run = Processes.mpirun(mpirun, 2, reports, TIMEOUT_SECONDS, "abort")) {
            run.awaitEnd(0);
            assertThat(run.ranks.getFirst().status()).as(run.seen()::toString).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRankThatDoesSomethingElseIsNamed(MpiRun mpirun) {
        assumeTrue(mpirun.isInstalled(), mpirun::absence);
        try (Processes run = Processes.mpirun(mpirun, 2, reports, TIMEOUT_SECONDS, "astray")) {
            run.awaitEnd(0);
            assertThat(run.ranks.getFirst().status()).isEqualTo(1);
            assertThat(run.seen()).anyMatch(line -> line.contains("Rank 1 of 2") && line.contains("it does gather 2 with 5 bytes where rank 0 does sum 2"));
        }
    }
}
