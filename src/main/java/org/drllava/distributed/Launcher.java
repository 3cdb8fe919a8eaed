package org.drllava.distributed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.drllava.common.InputException;
import org.drllava.common.StopRequest;

/**
 * Starts the ranks of this host, passes on what they print, and sees that all of them end when one fails. A SIGINT or SIGTERM is
 * passed on as SIGTERM and the ranks have all the time that a checkpoint takes. They do not outlive the launcher.
 *
 * @param program  what every rank runs: Java with its options, and the arguments
 * @param resume   what is added to it when it is started again
 * @param hosts    which ranks there are
 * @param restarts how often a failed run is started again
 * @param timeout  that of the ranks; an eighth of it is left to them to end by themselves once one has failed
 * @param out      takes lines for standard output, @param err those for standard error
 */
public record Launcher(List<String> program, String resume, Hosts hosts, int restarts, Duration timeout, Consumer<String> out, Consumer<String> err) {
    private static final int BAD_INPUT = 2;
    /** Between two looks at whether the end was asked for. */
    private static final Duration LOOK = Duration.ofMillis(100);

    /**
     * Hosts with equally many ranks each.
     *
     * @param perHost ranks on this host
     * @param count   hosts
     * @param index   of this host
     * @param master  HOST:PORT of rank 0; needless on one host
     */
    public record Hosts(int perHost, int count, int index, Optional<String> master) {
        public Hosts {
            if (perHost < 1 || perHost > 1024) {
                throw new InputException("--nproc must be between 1 and 1024, found " + perHost + ".");
            }
            if (count < 1 || index < 0 || index >= count) {
                throw new InputException("--node-rank must be below --nnodes, found " + index + " and " + count + ".");
            }
            if (count > 1 && master.isEmpty()) {
                throw new InputException("--master HOST:PORT is needed with --nnodes " + count + ", and must name the host of --node-rank 0.");
            }
            master.ifPresent(place -> {
                if (!place.matches(".+:\\d{1,5}")) {
                    throw new InputException("--master must be HOST:PORT, found \"" + place + "\".");
                }
            });
        }
    }

    /**
     * Runs to the end.
     *
     * @return 0 when every rank ended well; the status of one that found its input bad, or that was asked to end; 1 otherwise
     */
    public int run() {
        try (StopRequest.Listening _ = StopRequest.listen()) {
            for (int attempt = 0;; attempt++) {
                Optional<RankProcess> failed = once(attempt);
                if (failed.isEmpty()) {
                    return 0;
                }
                int status = failed.get().status();
                boolean stopped = StopRequest.made();
                boolean last = attempt == restarts || stopped || status == BAD_INPUT;
                err.accept("drllava: The run has ended, as " + failed.get().describe() + (last ? "" : " It is started again, "
                        + (restarts - attempt) + (restarts - attempt == 1 ? " time at most." : " times at most.")));
                if (last) {
                    return stopped || status == BAD_INPUT ? status : 1;
                }
            }
        }
    }

    /** @return the rank that failed first or has the reason, if one did; all have ended then */
    private Optional<RankProcess> once(int attempt) {
        List<RankProcess> ranks = start(attempt);
        CompletableFuture<?> all = CompletableFuture.allOf(ranks.stream().map(RankProcess::end).toArray(CompletableFuture[]::new));
        CompletableFuture<RankProcess> failed = new CompletableFuture<>();
        ranks.forEach(rank -> rank.end().thenRun(() -> {
            if (rank.status() != 0) {
                failed.complete(rank);
            }
        }));
        boolean stopping = awaitEnd(ranks, CompletableFuture.anyOf(all, failed));
        if (failed.isDone() && !stopping) {
            end(ranks, all);
        }
        all.join();
        // Who found the input bad has the reason; the others may have ended before it because of that.
        return ranks.stream().filter(rank -> rank.status() == BAD_INPUT).findFirst().or(() -> Optional.ofNullable(failed.getNow(null)));
    }

    /** @return whether the end was asked for */
    private static boolean awaitEnd(List<RankProcess> ranks, CompletableFuture<?> end) {
        boolean stopping = false;
        while (!await(end, LOOK)) {
            if (StopRequest.made() && !stopping) {
                ranks.forEach(RankProcess::terminate);
                stopping = true;
            }
        }
        return stopping;
    }

    /** Ranks end by themselves when they learn that one is lost; those that cannot are ended. */
    private void end(List<RankProcess> ranks, CompletableFuture<?> all) {
        Duration grace = timeout.dividedBy(16);
        if (!await(all, grace)) {
            ranks.forEach(RankProcess::terminate);
            if (!await(all, grace)) {
                ranks.forEach(RankProcess::kill);
            }
        }
    }

    private List<RankProcess> start(int attempt) {
        Map<String, String> common = environment();
        List<RankProcess> ranks = new ArrayList<>();
        try {
            for (int local = 0; local < hosts.perHost(); local++) {
                ranks.add(start(local, attempt, common));
            }
            return ranks;
        } catch (RuntimeException e) {
            ranks.forEach(RankProcess::kill);
            throw e;
        }
    }

    private RankProcess start(int local, int attempt, Map<String, String> common) {
        List<String> command = new ArrayList<>(program);
        if (attempt > 0 && !program.contains(resume)) {
            command.add(resume);
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        int rank = hosts.index() * hosts.perHost() + local;
        builder.environment().putIfAbsent("OMP_NUM_THREADS", common.get("DRLLAVA_CORES"));
        builder.environment().putAll(common);
        builder.environment().putAll(Map.of("RANK", String.valueOf(rank), "LOCAL_RANK", String.valueOf(local)));
        return RankProcess.start(rank, builder, out, err);
    }

    /** What all ranks of this host are told; a new port and secret each time, unless other hosts have to know them. */
    private Map<String, String> environment() {
        String[] master = hosts.master().map(place -> new String[] {place.substring(0, place.lastIndexOf(':')), place.substring(place.lastIndexOf(':') + 1)})
                .orElseGet(() -> new String[] {"127.0.0.1", String.valueOf(freePort())});
        String secret = hosts.count() == 1 ? Secret.random() : given();
        int cores = Math.max(1, Runtime.getRuntime().availableProcessors() / hosts.perHost());
        return Map.of("WORLD_SIZE", String.valueOf(hosts.count() * hosts.perHost()), "LOCAL_WORLD_SIZE", String.valueOf(hosts.perHost()),
                "MASTER_ADDR", master[0], "MASTER_PORT", master[1], Secret.VARIABLE, secret, "DRLLAVA_CORES", String.valueOf(cores),
                Variables.LAUNCHER, String.valueOf(ProcessHandle.current().pid()));
    }

    private static String given() {
        return Optional.ofNullable(System.getenv(Secret.VARIABLE)).filter(secret -> !secret.isBlank()).orElseThrow(() -> new InputException(
                Secret.VARIABLE + " must be set, to the same value on every host, when ranks are started on several; for example to what"
                        + " \"openssl rand -hex 32\" prints."));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("There is no free port on the loopback: " + e.getMessage(), e);
        }
    }

    /** @return whether it has come */
    private static boolean await(CompletableFuture<?> future, Duration time) {
        try {
            future.get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
