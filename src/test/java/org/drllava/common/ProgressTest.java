package org.drllava.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long nanos;

    private Progress progress(long done, long total, boolean live) {
        return new Progress("PPO", done, total, "it", out, live, 60, () -> nanos);
    }

    private void pass(double seconds) {
        nanos += (long) (seconds * 1e9);
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void plainLinesShowRateAndTimeLeft() {
        try (var progress = progress(0, 100, false)) {
            for (int i = 0; i < 100; i++) {
                pass(2);
                progress.step("reward 3.1");
            }
        }
        assertThat(lines().get(0)).isEqualTo("PPO  1/100 it  1 %  2.0 s/it  left 3 min 18 s  reward 3.1");
        assertThat(lines().getLast()).isEqualTo("PPO  100/100 it  done in 3 min 20 s  reward 3.1");
    }

    @Test
    void slowRunsPrintEveryTenSecondsAndFastRunsEveryTenth() {
        try (var progress = progress(0, 1_000_000, false)) {
            for (int i = 0; i < 1_000_000; i++) {
                pass(1e-6);
                progress.step("");
            }
        }
        assertThat(lines()).as("fast").hasSize(12);
        bytes.reset();
        try (var progress = progress(0, 1_000_000, false)) {
            for (int i = 0; i < 1000; i++) {
                pass(0.5);
                progress.step("");
            }
        }
        assertThat(lines()).as("500 s, of no tenth").hasSize(1 + 49 + 1);
        assertThat(lines().getLast()).contains("stopped after 8 min 20 s");
    }

    @Test
    void unknownTotalHasNoPercentage() {
        try (var progress = progress(0, 0, false)) {
            pass(0.25);
            progress.step(2, "");
        }
        assertThat(lines()).containsExactly("PPO  2 it  8.0 it/s", "PPO  2 it  done in 0 s");
    }

    @Test
    void aResumedRunCountsOnlyItsOwnTime() {
        try (var progress = progress(90, 100, false)) {
            pass(3);
            progress.step("");
        }
        assertThat(lines().getFirst()).isEqualTo("PPO  91/100 it  91 %  3.0 s/it  left 27 s");
    }

    @Test
    void theRateFollowsAChangeOfPace() {
        var progress = progress(0, 1000, false);
        for (int i = 0; i < 100; i++) {
            pass(1);
            progress.step("");
        }
        for (int i = 0; i < 60; i++) {
            pass(5);
            progress.step("");
        }
        assertThat(lines().getLast()).contains("5.0 s/it");
    }

    @Test
    void theLiveLineIsRewrittenSeldomAndNeverWraps() {
        try (var progress = progress(0, 10_000, true)) {
            for (int i = 0; i < 10_000; i++) {
                pass(0.001);
                progress.step("a model that has very much to say about its step and more");
            }
        }
        var text = bytes.toString(StandardCharsets.UTF_8);
        var drawn = List.of(text.split("\r\u001b\\[K"));
        assertThat(drawn.size()).isBetween(90, 110);
        assertThat(drawn).allSatisfy(line -> assertThat(line.stripTrailing()).hasSizeLessThan(60));
        assertThat(text).endsWith("\n").containsOnlyOnce("\n");
    }

    @Test
    void aModelsWordsCannotSteerTheTerminal() {
        try (var progress = progress(0, 10, false)) {
            progress.step("said\r\n\u001b[2Jgone");
        }
        assertThat(lines()).hasSize(2).allSatisfy(line -> assertThat(line).contains("said [2Jgone").doesNotContain("\u001b"));
    }

    @Test
    void notesStandOnLinesOfTheirOwn() {
        try (var progress = progress(0, 10, true)) {
            progress.step("");
            progress.note("checkpoint written");
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("\r\u001b[Kcheckpoint written\n\r\u001b[KPPO  1/10 it");
    }
}
