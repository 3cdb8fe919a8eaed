package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ranks in processes of their own, one of which is lost. */
class LostRankTest {
    @TempDir
    private Path reports;

    @Test
    void aKilledRankEndsTheOthersAndEveryRankLeavesItsLastCollectives() throws IOException {
        try (Processes run = Processes.start(3, reports, 20, "forever")) {
            run.await(3, line -> line.contains("ready, process "));
            run.ranks.get(1).kill();
            for (int survivor : new int[] {0, 2}) {
                assertThat(run.awaitEnd(survivor)).isLessThan(10);
                assertThat(run.ranks.get(survivor).status()).isEqualTo(1);
                assertThat(run.ranks.get(survivor).describe()).contains("Rank 1 of 3 on ", " was lost in phase rollout", ": its process has ended");
            }
            for (int rank = 0; rank < 3; rank++) {
                JsonNode report = JsonMapper.shared().readTree(Files.readString(reports.resolve("rank-" + rank + ".json")));
                assertThat(report.get("rank").intValue()).isEqualTo(rank);
                assertThat(report.get("sentence").isNull()).isEqualTo(rank == 1);
                JsonNode first = report.get("collectives").get(0);
                assertThat(first.get("kind").stringValue()).isEqualTo("gather");
                assertThat(first.get("phase").stringValue()).isEqualTo("rollout");
            }
        }
    }

    @Test
    void aStoppedRankEndsTheOthersInTimeAndItselfWhenItGoesOn() {
        stop(1, 0, 2);
    }

    @Test
    void rankZeroMayBeTheOneThatIsStopped() {
        stop(0, 1, 2);
    }

    private void stop(int stopped, int... survivors) {
        int timeoutSeconds = 4;
        try (Processes run = Processes.start(3, reports, timeoutSeconds, "forever")) {
            run.await(3, line -> line.contains("ready, process "));
            Processes.signal("STOP", run.ranks.get(stopped).pid());
            for (int survivor : survivors) {
                assertThat(run.awaitEnd(survivor)).isLessThan(timeoutSeconds);
                assertThat(run.ranks.get(survivor).status()).isEqualTo(1);
                assertThat(run.ranks.get(survivor).describe()).contains("Rank " + stopped + " of 3 on ", "in phase rollout", "nothing was heard of it for 2 s");
            }
            Processes.signal("CONT", run.ranks.get(stopped).pid());
            run.awaitEnd(stopped);
            assertThat(run.ranks.get(stopped).status()).isEqualTo(1);
        }
    }

    @Test
    void aRankThatThrowsTellsTheOthersWhy() {
        try (Processes run = Processes.start(3, reports, 20, "throw")) {
            for (int rank = 0; rank < 3; rank++) {
                run.awaitEnd(rank);
                assertThat(run.ranks.get(rank).status()).isEqualTo(1);
            }
            assertThat(run.ranks.get(1).describe()).endsWith("The loss is not a number.");
            assertThat(run.ranks.get(2).describe()).contains("Rank 1 of 3 on ", "was lost in phase rollout, after gather 1: The loss is not a number.");
        }
    }

    @Test
    void aRankThatCannotEndByItselfIsEnded() {
        try (Processes run = Processes.start(2, reports, 4, "stuck")) {
            run.await(2, line -> line.contains("ready, process "));
            run.ranks.get(1).kill();
            assertThat(run.awaitEnd(0)).isLessThan(4);
            assertThat(run.ranks.get(0).describe()).contains("ended with status 1: Rank 1 of 2");
        }
    }
}
