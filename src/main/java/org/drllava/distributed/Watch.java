package org.drllava.distributed;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Notices when a rank is lost, and ends this rank's part with one sentence about it. Every rank has a line to rank 0, on which
 * both sides tell every second that they are there and what they are at. Rank 0 passes on what it learns:
 *
 * <ul>
 * <li>a closed line: the process has ended without a word;
 * <li>a silent line: it stands still, or the network between is cut;
 * <li>a word of failure: it has thrown, and says what;
 * <li>ranks that stand in the same collective without moving data, or wait very long for one that never comes to it.
 * </ul>
 *
 * On a failure blocked collectives are woken; should the process be there long afterwards, since its main thread is inside native
 * code, it is ended.
 */
final class Watch implements AutoCloseable {
    /** How long the word of a failure may take over rank 0 after its effect was seen on another way. */
    private static final Duration WORD_OF_MOUTH = Duration.ofSeconds(2);
    /** So many time-outs a rank may be waited for inside a collective while it is alive: it may be computing. */
    private static final int LONGEST_WAIT = 30;

    /**
     * What ranks tell each other.
     *
     * @param number   of the newest collective
     * @param inside   whether it still runs
     * @param moved    bytes so far, where the transport counts them
     * @param sentence of a failure
     */
    private record Notice(Word word, long number, String kind, boolean inside, long moved, String phase, String sentence) {
        /** The same as long as the rank gets nowhere. */
        String position() {
            return number + " " + inside + " " + moved;
        }
    }

    private enum Word { BEAT, FAILED, BYE }

    private final Meeting meeting;
    private final FlightRecorder recorder;
    private final Duration timeout;
    private final Consumer<String> lastWords;
    private final AtomicReference<String> failure = new AtomicReference<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch departures;
    private final Map<Integer, Notice> latest = new ConcurrentHashMap<>();
    private volatile Runnable abort = () -> {};
    private volatile LongSupplier moved = () -> 0;
    private volatile String phase = "start";

    Watch(Meeting meeting, FlightRecorder recorder, Duration timeout, Consumer<String> lastWords) {
        this.meeting = meeting;
        this.recorder = recorder;
        this.timeout = timeout;
        this.lastWords = lastWords;
        departures = new CountDownLatch(meeting.lines().size());
        meeting.lines().forEach((rank, line) -> thread("watch-rank-" + rank, () -> listen(rank, line)));
        thread("watch", this::beat);
    }

    private static void thread(String name, Runnable work) {
        Thread.ofPlatform().name(name).daemon().start(work);
    }

    /** @param abort wakes blocked collectives; @param moved bytes that they have moved so far */
    void guard(Runnable abort, LongSupplier moved) {
        this.moved = moved;
        this.abort = abort;
        if (failure.get() != null) {
            abort.run();
        }
    }

    /** Without its launcher a process has nobody to end it. @param process 0 for none */
    void launcher(long process) {
        if (process == 0) {
            return;
        }
        ProcessHandle.of(process).ifPresentOrElse(
                handle -> handle.onExit().thenRun(() -> failed("its launcher, process " + process + ", has ended")),
                () -> failed("its launcher, process " + process + ", has ended"));
    }

    String phase() {
        return phase;
    }

    void phase(String name) {
        phase = name;
        tell(beatNow());
    }

    /** @throws LostRankException once the run has failed */
    void check() {
        if (hasFailed()) {
            throw new LostRankException(failure.get());
        }
    }

    /** Once this is true the others have been told, so that this process may end. */
    private boolean hasFailed() {
        return failure.get() != null && await(failed, WORD_OF_MOUTH);
    }

    /** This rank cannot go on. */
    void failed(String cause) {
        lost(meeting.rank(), cause);
    }

    /** What to throw after a transport threw {@code thrown}: the sentence of the failure behind it, or itself when there is none. */
    RuntimeException explained(RuntimeException thrown) {
        if (thrown instanceof LostPeerException peer) {
            if (peer.gone() || meeting.rank() != 0) {
                await(failed, WORD_OF_MOUTH);
            }
            lost(peer.rank(), peer.getMessage());
        } else {
            await(failed, WORD_OF_MOUTH); // of the rank that a library's error does not name
        }
        return hasFailed() ? new LostRankException(failure.get(), thrown) : thrown;
    }

    /** Tells the others that this rank has done its part; rank 0 waits for theirs. */
    void farewell() {
        if (!hasFailed()) {
            tell(word(Word.BYE, ""));
            if (meeting.rank() == 0) {
                awaitDepartures();
            }
        }
    }

    private void awaitDepartures() {
        try {
            while (failure.get() == null && !departures.await(100, TimeUnit.MILLISECONDS)) {
                // The lines tell of ranks that are lost meanwhile.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lost(int rank, String cause) {
        Notice last = rank == meeting.rank() ? beatNow() : latest.get(rank);
        // Ranks other than 0 hear of rank 0 alone; all are in the same phase, more or less.
        String where = last == null ? phase
                : last.phase() + (last.number() == 0 ? "" : ", " + (last.inside() ? "inside " : "after ") + last.kind() + " " + last.number());
        fail(meeting.members().get(rank).named(meeting.size()) + " was lost in phase " + where + ": " + cause + (cause.endsWith(".") ? "" : "."));
    }

    /** The first sentence counts. */
    private void fail(String sentence) {
        if (closed.getCount() == 0 || !failure.compareAndSet(null, sentence)) {
            return;
        }
        recorder.sentence(sentence);
        tell(word(Word.FAILED, sentence));
        failed.countDown();
        thread("watch-abort", () -> abort.run());
        thread("watch-last-words", () -> {
            if (!await(closed, timeout.dividedBy(4))) {
                lastWords.accept(sentence);
            }
        });
    }

    private void listen(int rank, Line line) {
        boolean left = false;
        try {
            line.patience(timeout.dividedBy(2));
            while (true) {
                Notice notice = line.receive(Notice.class);
                switch (notice.word()) {
                    case BEAT -> latest.put(rank, notice);
                    case FAILED -> fail(notice.sentence());
                    case BYE -> {
                        left = true;
                        departures.countDown();
                    }
                }
            }
        } catch (IOException e) {
            if (!left) {
                lost(rank, e instanceof SocketTimeoutException
                        ? "nothing was heard of it for " + Deadline.words(timeout.dividedBy(2)) + ", so it stands still or is cut off from the network"
                        : "its process has ended without a word");
            }
        }
    }

    private void beat() {
        Duration interval = timeout.dividedBy(10).compareTo(Duration.ofSeconds(1)) < 0 ? timeout.dividedBy(10) : Duration.ofSeconds(1);
        String before = "";
        long since = System.nanoTime();
        while (!await(closed, interval)) {
            tell(beatNow());
            if (meeting.rank() == 0 && latest.keySet().containsAll(meeting.lines().keySet())) {
                latest.put(0, beatNow());
                String now = new TreeMap<>(latest).values().stream().map(Notice::position).collect(Collectors.joining(","));
                since = now.equals(before) ? since : System.nanoTime();
                before = now;
                stalled(Duration.ofNanos(System.nanoTime() - since));
            }
        }
    }

    /** On rank 0: nobody got anywhere for this long. */
    private void stalled(Duration time) {
        Notice ahead = latest.values().stream().max(Comparator.comparingLong(Notice::number)).orElseThrow();
        if (!ahead.inside()) {
            return;
        }
        String call = ahead.kind() + " " + ahead.number();
        latest.entrySet().stream().filter(rank -> rank.getValue().number() < ahead.number()).findFirst().ifPresentOrElse(
                late -> {
                    if (time.compareTo(timeout.multipliedBy(LONGEST_WAIT)) > 0) {
                        lost(late.getKey(), "the others have waited for it in " + call + " for " + Deadline.words(time));
                    }
                },
                () -> {
                    if (time.compareTo(timeout.dividedBy(2)) > 0 && latest.values().stream().allMatch(Notice::inside)) {
                        fail("All " + meeting.size() + " ranks stand in " + call + " of phase " + phase + " and no data has moved for " + Deadline.words(time)
                                + ", so some of them are cut off from each other.");
                    }
                });
    }

    private Notice beatNow() {
        return word(Word.BEAT, "");
    }

    private Notice word(Word word, String sentence) {
        FlightRecorder.Entry call = recorder.last();
        return new Notice(word, call.number(), call.kind(), call.state().equals("running"), moved.getAsLong(), phase, sentence);
    }

    private void tell(Notice notice) {
        for (Line line : meeting.lines().values()) {
            try {
                line.send(notice);
            } catch (IOException e) {
                // Who listens on that line notices too.
            }
        }
    }

    private static boolean await(CountDownLatch latch, Duration time) {
        try {
            return latch.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        meeting.leave();
    }
}
