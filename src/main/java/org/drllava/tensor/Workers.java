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

/**
 * Threads that work on units side by side, each with one core: for models whose operators are too small to be worth
 * splitting over cores (a barrier an operator costs more than the operator). With one worker the units run one after the
 * other and each operator uses all cores instead. What a unit computes does not depend on who computes it.
 */
public final class Workers implements AutoCloseable {
    private final int count;
    private final ExecutorService threads;

    /** @param count 1 to use all cores inside operators, more to run that many units side by side */
    public Workers(int count) {
        this.count = count;
        int operatorThreads = count == 1 ? Runtime.getRuntime().availableProcessors() : 1;
        TorchRuntime.setBlasThreads(operatorThreads);
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(count, work -> {
            Thread thread = new Thread(() -> {
                TorchRuntime.setThreads(operatorThreads);
                work.run();
            }, "worker-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
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
        List<Future<T>> futures = new ArrayList<>(units);
        for (int unit = 0; unit < units; unit++) {
            int index = unit;
            futures.add(threads.submit(() -> {
                try (TensorScope scope = TensorScope.open()) {
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
