package org.drllava.distributed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Ranks that are threads of this process and meet over the loopback. */
record Together(int size, int port, String secret, Duration timeout, Path reports) {
    static final String SECRET = "0123456789abcdef";

    static Together of(int size, Path reports) {
        return new Together(size, freePort(), SECRET, Duration.ofSeconds(20), reports);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    World world(int rank) {
        return new World(rank, size, rank, size, "127.0.0.1", port, "", World.Starter.TORCHRUN, 0);
    }

    JoinSettings settings() {
        return settings(new TreeMap<>());
    }

    JoinSettings settings(SortedMap<String, String> identity) {
        return new JoinSettings(Transport.TCP, false, timeout, Optional.empty(), secret, identity, reports, _ -> {});
    }

    /** What each rank's work came to, by rank. The first that threw is thrown. */
    <T> List<T> run(Function<Collectives, T> work) {
        return all(rank -> {
            try (Collectives ranks = Ranks.join(world(rank), settings())) {
                return work.apply(ranks);
            }
        });
    }

    /** The same for work that joins by itself. */
    <T> List<T> all(Function<Integer, T> work) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> futures = new ArrayList<>();
            for (int rank = 0; rank < size; rank++) {
                int own = rank;
                futures.add(threads.submit(() -> work.apply(own)));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
