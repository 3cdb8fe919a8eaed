package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the watch makes of ranks that are alive and yet get nowhere. */
class WatchTest {
    @TempDir
    private Path reports;

    @Test
    void ranksThatAllStandInOneCollectiveWithoutMovingDataAreCutOffFromEachOther() {
        Together two = new Together(2, Together.freePort(), Together.SECRET, Duration.ofSeconds(2), reports);
        List<String> sentences = two.all(rank -> {
            Meeting meeting = new Rendezvous(two.world(rank), two.settings(), false, () -> new byte[0]).meet();
            CompletableFuture<String> lastWords = new CompletableFuture<>();
            try (var recorder = new FlightRecorder(reports.resolve("rank-" + rank + ".json"), two.world(rank), "none");
                    var watch = new Watch(meeting, recorder, two.timeout(), lastWords::complete)) {
                watch.phase("update");
                watch.check();
                recorder.begin(Kind.EXCHANGE, 100, "update");
                String sentence = lastWords.orTimeout(20, TimeUnit.SECONDS).join();
                assertThatThrownBy(watch::check).isInstanceOf(LostRankException.class).hasMessage(sentence);
                return sentence;
            }
        });
        assertThat(sentences.getFirst()).startsWith("All 2 ranks stand in exchange 1 of phase update and no data has moved for ");
        assertThat(sentences.getLast()).isEqualTo(sentences.getFirst());
    }

    @Test
    void theInvitationReachesEverybody() {
        Together three = Together.of(3, reports);
        List<byte[]> invitations = three.all(rank -> {
            Meeting meeting = new Rendezvous(three.world(rank), three.settings(), false, () -> new byte[] {1, -2, 3}).meet();
            meeting.leave();
            return meeting.invitation();
        });
        assertThat(invitations).hasSize(3).allSatisfy(bytes -> assertThat(bytes).containsExactly(1, -2, 3));
    }
}
