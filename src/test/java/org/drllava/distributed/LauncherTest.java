package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();

    @TempDir
    private Path reports;

    @Test
    void ranksKnowWhoTheyAreAndTheirLinesSayWhoSpoke() {
        assertThat(launch(3, 0, 20, "say", "ä b")).isZero();
        int cores = Math.max(1, Runtime.getRuntime().availableProcessors() / 3);
        assertThat(out).hasSize(3);
        for (int rank = 0; rank < 3; rank++) {
            assertThat(out).contains("[%d] rank %d of 3, cores %d, [%s, 20, say, ä b]".formatted(rank, rank, cores, reports));
        }
        assertThat(err).isEmpty();
    }

    @Test
    void aRankThatFailsEndsTheRunWithOneSentence() {
        assertThat(launch(2, 0, 20, "throw")).isEqualTo(1);
        assertThat(err.getLast()).startsWith("drllava: The run has ended, as rank ").endsWith("The loss is not a number.");
    }

    @Test
    void badInputKeepsItsStatusAndIsNotTriedAgain() {
        assertThat(launch(2, 3, 20, "refuse")).isEqualTo(2);
        assertThat(err.getLast()).contains("ended with status 2: logic.yaml: not good.");
        assertThat(err).hasSize(3);
    }

    @Test
    void aFailedRunIsStartedAgainToGoOn() {
        assertThat(launch(2, 1, 20, "resumed")).isZero();
        assertThat(err).filteredOn(line -> line.contains("It is started again, 1 time at most.")).hasSize(1);
        assertThat(err).filteredOn(line -> line.startsWith("drllava: ")).hasSize(1);
        assertThat(reports).isDirectoryNotContaining("glob:**.json"); // the last attempt ended well
    }

    @Test
    void theLastRestartIsTheLast() {
        assertThat(launch(2, 1, 20, "fail")).isEqualTo(1);
        assertThat(err).filteredOn(line -> line.startsWith("drllava: The run has ended, as rank ")).hasSize(2);
    }

    @Test
    void aStoppedRankIsEndedToo() throws IOException {
        int timeoutSeconds = 4;
        try (Processes run = Processes.launch(reports, timeoutSeconds, "forever")) {
            run.await(2, line -> line.contains("ready, process "));
            List<ProcessHandle> ranks = run.others.getFirst().children().toList();
            Processes.signal("STOP", ranks.getFirst().pid());
            long start = System.nanoTime();
            assertThat(run.others.getFirst().onExit().orTimeout(30, TimeUnit.SECONDS).join().exitValue()).isEqualTo(1);
            assertThat((System.nanoTime() - start) / 1e9).isLessThan(timeoutSeconds);
            assertThat(ranks).hasSize(2).noneMatch(ProcessHandle::isAlive);
        }
    }

    @Test
    void terminationReachesTheRanksAndIsWaitedFor() throws IOException {
        try (Processes run = Processes.launch(reports, 20, "until-stopped")) {
            run.await(2, line -> line.endsWith("listening"));
            run.others.getFirst().toHandle().destroy();
            run.await(2, line -> line.endsWith("checkpoint written"));
            assertThat(run.others.getFirst().onExit().orTimeout(30, TimeUnit.SECONDS).join().exitValue()).isZero();
        }
    }

    @Test
    void withoutTheLauncherNoRankGoesOn() throws IOException {
        try (Processes run = Processes.launch(reports, 20, "forever")) {
            run.await(2, line -> line.contains("ready, process "));
            List<ProcessHandle> ranks = run.others.getFirst().children().toList();
            run.others.getFirst().destroyForcibly();
            assertThat(ranks).hasSize(2);
            for (ProcessHandle rank : ranks) {
                rank.onExit().orTimeout(20, TimeUnit.SECONDS).join();
            }
        }
    }

    @Test
    void severalHostsNeedToKnowWhereTheyMeetAndASecret() {
        assertThatThrownBy(() -> new Launcher.Hosts(2, 2, 0, Optional.empty())).isInstanceOf(InputException.class).hasMessageContaining("--master");
        assertThatThrownBy(() -> new Launcher.Hosts(2, 2, 2, Optional.of("h:1"))).isInstanceOf(InputException.class).hasMessageContaining("--node-rank");
        assertThatThrownBy(() -> new Launcher.Hosts(2, 2, 0, Optional.of("host"))).isInstanceOf(InputException.class).hasMessageContaining("HOST:PORT");
        var hosts = new Launcher.Hosts(2, 2, 0, Optional.of("10.0.0.1:29500"));
        var launcher = new Launcher(List.of("true"), "--resume", hosts, 0, Duration.ofSeconds(1), out::add, err::add);
        assertThatThrownBy(launcher::run).isInstanceOf(InputException.class).hasMessageContaining("DRLLAVA_SECRET");
    }

    @Test
    void linesOfRanksAreNotMixed() {
        String script = "i=0; while [ $i -lt 200 ]; do printf 'half of line %s of rank %s, ' $i $RANK; echo and its end; i=$((i+1)); done; printf 'no end'";
        var launcher = new Launcher(List.of("sh", "-c", script), "--resume", new Launcher.Hosts(3, 1, 0, Optional.empty()), 0, Duration.ofSeconds(5), out::add, err::add);
        assertThat(launcher.run()).isZero();
        Pattern line = Pattern.compile("\\[(\\d)] (half of line \\d+ of rank \\1, and its end|no end)");
        assertThat(out).hasSize(603).allMatch(text -> line.matcher(text).matches());
    }

    private int launch(int size, int restarts, int timeoutSeconds, String... task) {
        return new Launcher(Processes.program(reports, timeoutSeconds, task), "--resume", new Launcher.Hosts(size, 1, 0, Optional.empty()), restarts,
                Duration.ofSeconds(timeoutSeconds), out::add, err::add).run();
    }
}
