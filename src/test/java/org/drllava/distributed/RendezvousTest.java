package org.drllava.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RendezvousTest {
    private static final Executor THREADS = work -> Thread.ofVirtual().start(work);

    @TempDir
    private Path reports;

    @Test
    void aRankThatDoesNotComeIsNamedToAllWhoDid() {
        Together four = together(4, Together.SECRET, 1);
        List<Throwable> thrown = four.all(rank -> rank == 3 ? null : failure(four, rank, Map.of()));
        assertThat(thrown.subList(0, 3)).allSatisfy(e -> assertThat(e).isInstanceOf(LostRankException.class)
                .hasMessage("Rank 3 of 4 did not come to 127.0.0.1:" + four.port() + " within 666 ms."));
    }

    @Test
    void ranksThatDoNotRunTheSameAreNamedWithWhatDiffers() {
        Together three = together(3, Together.SECRET, 10);
        List<Throwable> thrown = three.all(rank -> failure(three, rank, Map.of("--unit", rank == 2 ? "4" : "8", "--seed", "1")));
        assertThat(thrown).allSatisfy(e -> assertThat(e).isInstanceOf(InputException.class)
                .hasMessage("Ranks 0 and 2 do not run the same: --unit is 8 on rank 0 and 4 on rank 2."));
    }

    @Test
    void theSameCanBeAskedForLater() {
        List<Throwable> thrown = Together.of(3, reports).run(ranks -> catchThrowable(() ->
                Identity.requireSame(ranks, new TreeMap<>(ranks.rank() == 1 ? Map.of("--data", "b") : Map.of("--data", "a", "--more", "c")))));
        assertThat(thrown).allSatisfy(e -> assertThat(e).isInstanceOf(InputException.class)
                .hasMessage("Ranks 0 and 1 do not run the same: --data is a on rank 0 and b on rank 1."));
    }

    @Test
    void aWrongSecretIsRefusedOnBothSides() {
        Together right = together(2, Together.SECRET, 1);
        Together wrong = new Together(2, right.port(), "fedcba9876543210", right.timeout(), reports);
        List<Throwable> thrown = right.all(rank -> failure(rank == 0 ? right : wrong, rank, Map.of()));
        assertThat(thrown.get(0)).isInstanceOf(LostRankException.class).hasMessageStartingWith("Rank 1 of 2 did not come")
                .hasMessageContaining("turned away: a process on 127.0.0.1, as it knows another secret");
        assertThat(thrown.get(1)).isInstanceOf(InputException.class).hasMessageContaining("DRLLAVA_SECRET");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Together two = new Together(2, taken.getLocalPort(), Together.SECRET, Duration.ofSeconds(1), reports);
            assertThat(failure(two, 0, Map.of())).isInstanceOf(InputException.class).hasMessageContaining("Port " + taken.getLocalPort() + " of 127.0.0.1 is taken");
        }
    }

    @Test
    void whenNobodyListensRankZeroIsNamed() {
        assertThat(failure(together(2, Together.SECRET, 1), 1, Map.of())).isInstanceOf(LostRankException.class)
                .hasMessageContaining("Rank 0 could not be reached").hasMessageContaining("within 666 ms");
    }

    @Test
    void anotherProgramOnThePortIsRecognised() throws IOException {
        try (ServerSocket web = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket caller = web.accept(); OutputStream answer = caller.getOutputStream()) {
                    answer.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    caller.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The test is over.
                }
            });
            Together two = new Together(2, web.getLocalPort(), Together.SECRET, Duration.ofSeconds(5), reports);
            assertThat(failure(two, 1, Map.of())).isInstanceOf(InputException.class).hasMessageContaining("it is no rank of drllava");
        }
    }

    @Test
    void twoProcessesWithOneRankAreNamed() {
        Together three = together(3, Together.SECRET, 10);
        List<Throwable> thrown = three.all(rank -> failure(three, Math.min(rank, 1), Map.of()));
        assertThat(thrown).allSatisfy(e -> assertThat(e).isInstanceOf(InputException.class).hasMessageStartingWith("Rank 1 of 3 came twice"));
    }

    @Test
    void ranksOfDifferentWorldsAreNamed() {
        Together two = together(2, Together.SECRET, 10);
        Together four = new Together(4, two.port(), Together.SECRET, two.timeout(), reports);
        List<Throwable> thrown = two.all(rank -> failure(rank == 0 ? two : four, rank, Map.of()));
        assertThat(thrown).allSatisfy(e -> assertThat(e).isInstanceOf(InputException.class).hasMessageContaining("rank 0 is one of 2 ranks and rank 1 one of 4"));
    }

    /** Strangers that say nothing, hang up, or send garbage, announce great lengths: the ranks meet all the same. */
    @Test
    void strangersHoldNobodyUp() throws Exception {
        Together two = together(2, Together.SECRET, 10);
        CountDownLatch strangersCame = new CountDownLatch(1);
        CompletableFuture<String> zero = CompletableFuture.supplyAsync(() -> transport(two, 0), THREADS);
        CompletableFuture<String> one = CompletableFuture.supplyAsync(() -> {
            try {
                strangersCame.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return transport(two, 1);
        }, THREADS);
        try (Socket silent = connect(two.port()); Socket garbage = connect(two.port()); Socket half = connect(two.port()); Socket gone = connect(two.port())) {
            gone.close();
            garbage.getOutputStream().write(new byte[500]);
            half.getOutputStream().write("drllava-ranks-01".getBytes(StandardCharsets.US_ASCII));
            half.getOutputStream().write(new byte[32]);
            InputStream answer = half.getInputStream();
            answer.readNBytes(16 + 32 + 32);
            half.getOutputStream().write(new byte[32]); // a proof that is none
            assertThat(answer.read()).isEqualTo(-1);
            strangersCame.countDown();
            assertThat(List.of(zero.get(), one.get())).containsOnly("tcp");
        }
    }

    /** A reply copied from somewhere else proves nothing: challenges are new each time, and the two sides' proofs differ. */
    @Test
    void aProofCannotBeSentBack() throws Exception {
        Together two = together(2, Together.SECRET, 1);
        CompletableFuture<Throwable> zero = CompletableFuture.supplyAsync(() -> failure(two, 0, Map.of()), THREADS);
        try (Socket mirror = connect(two.port())) {
            byte[] challenge = new byte[32];
            mirror.getOutputStream().write("drllava-ranks-01".getBytes(StandardCharsets.US_ASCII));
            mirror.getOutputStream().write(challenge);
            mirror.getInputStream().readNBytes(16 + 32);
            mirror.getOutputStream().write(mirror.getInputStream().readNBytes(32));
            assertThat(mirror.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(zero.get()).hasMessageContaining("it knows another secret");
    }

    private Together together(int size, String secret, int timeoutSeconds) {
        return new Together(size, Together.freePort(), secret, Duration.ofSeconds(timeoutSeconds), reports);
    }

    private static Throwable failure(Together together, int rank, Map<String, String> identity) {
        return catchThrowable(() -> Ranks.join(together.world(rank), together.settings(new TreeMap<>(identity))).close());
    }

    private static String transport(Together together, int rank) {
        try (Collectives ranks = Ranks.join(together.world(rank), together.settings())) {
            return ranks.transport();
        }
    }

    /** To a port on which somebody will listen soon. */
    private static Socket connect(int port) throws IOException {
        Deadline deadline = Deadline.in(Duration.ofSeconds(10));
        while (true) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), port);
            } catch (IOException e) {
                if (deadline.passed()) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }
}
