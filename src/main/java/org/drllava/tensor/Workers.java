package org.drllava.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.drllava.bindings.libtorch.TorchRuntime;
import org.drllava.distributed.World;

/**
 * Threads that work on units side by side, each with one core: a barrier an operator costs small operators more than they gain
 * from a second core, and the bits of a product can depend on how many threads share it. What a unit computes depends neither
 * on who computes it nor on how many workers there are. Where there are fewer units than workers, those without one help the
 * others' kernels.
 */
public final class Workers implements AutoCloseable {
    /** Threads on one kernel: a decode step's are some microseconds long, and more threads would mostly wait for each other. */
    private static final int LARGEST_TEAM = 16;

    private final int count;
    private final ExecutorService threads;

    /** @param count units to run side by side */
    public Workers(int count) {
        this.count = count;
        TorchRuntime.setBlasThreads(1);
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(count, work -> {
            Thread thread = new Thread(() -> {
                TorchRuntime.setThreads(1);
                work.run();
            }, "worker-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Cores that this process may use: its share of the host's. */
    public static int cores() {
        return World.cores(System.getenv(), Runtime.getRuntime().availableProcessors());
    }

    public int count() {
        return count;
    }

    /**
     * Runs {@code work} for 0 to {@code units - 1}, each in a {@link TensorScope} of its own.
     *
     * @return the results in the order of the units
     */
    public <T> List<T> map(int units, IntFunction<T> work) {
        int helping = units == 0 ? 1 : Math.clamp(count / units, 1, LARGEST_TEAM);
        List<Future<T>> futures = new ArrayList<>(units);
        for (int unit = 0; unit < units; unit++) {
            int index = unit;
            futures.add(threads.submit(() -> {
                try (TensorScope scope = TensorScope.open()) {
                    if (Kernels.available(Device.CPU)) {
                        Kernels.threads(helping);
                    }
                    return work.apply(index);
                }
            }));
        }
        List<T> results = new ArrayList<>(units);
        RuntimeException failure = null;
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                RuntimeException cause = e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
                failure = failure == null ? cause : failure;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while workers ran", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    @Override
    public void close() {
        threads.close();
    }
}
