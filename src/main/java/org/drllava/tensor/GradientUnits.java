package org.drllava.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.drllava.tensor.UnitTree.Part;

/**
 * The gradients of a share of a step's units, added as far as {@link UnitTree} lets them be added without the other shares.
 * A unit has leaves and a gradient of its own while it runs; as soon as both halves of a part are there, they become one.
 * Takes a gradient's memory a worker and a few more, not one a unit.
 */
final class GradientUnits {
    /** Elements added at a time, so that the sum needs little memory beside its operands. */
    private static final long CHUNK = 1 << 20;

    private final UnitTree tree;
    private final Team.Share share;
    private final Workers workers;
    private final List<ParameterArena.Leaves> all = new ArrayList<>();
    private final Deque<ParameterArena.Leaves> free = new ArrayDeque<>();
    private final Map<Part, ParameterArena.Leaves> sums = new HashMap<>();
    private int next;
    private boolean failed;

    /** The gradients' memory belongs to the innermost scope. */
    GradientUnits(ParameterArena arena, UnitTree tree, Team.Share share, Workers workers) {
        this.tree = tree;
        this.share = share;
        this.workers = workers;
        int waiting = 0; // parts that can lie complete while the unit behind them waits to start
        for (int unit = share.from() + 1; unit <= share.to(); unit++) {
            waiting = Math.max(waiting, tree.cover(share.from(), unit).size());
        }
        int needed = Math.min(share.size(), waiting + workers.count());
        for (int i = 0; i < needed; i++) {
            all.add(arena.leaves());
        }
    }

    /** Runs the share's forward and backward passes; afterwards {@link #sum} has their sums. @return the units' statistics */
    List<double[]> accumulate(Descent.Unit work) {
        free.clear();
        free.addAll(all);
        sums.clear();
        next = 0;
        failed = false;
        return workers.map(share.size(), index -> {
            ParameterArena.Leaves own = take(index);
            try {
                double[] statistics = pass(work, share.from() + index, own);
                addUp(new Part(share.from() + index, share.from() + index + 1), own);
                return statistics;
            } catch (RuntimeException | Error e) {
                fail();
                throw e;
            }
        });
    }

    /** The sum of one of the parts that the share consists of, flat float32. */
    Tensor sum(Part part) {
        return sums.get(part).gradient();
    }

    private static double[] pass(Descent.Unit work, int unit, ParameterArena.Leaves own) {
        Tensors.zero(own.gradient());
        Descent.Result result = work.run(unit, own);
        own.backward(result.loss(), result.below());
        return result.statistics();
    }

    /** Units take memory in their order: else a late one could keep from an early one what it waits for. */
    private synchronized ParameterArena.Leaves take(int index) {
        try {
            while (!failed && (index != next || free.isEmpty())) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while units ran", e);
        }
        if (failed) {
            throw new IllegalStateException("another unit of the step failed");
        }
        next++;
        notifyAll();
        return free.remove();
    }

    private synchronized void fail() {
        failed = true;
        notifyAll();
    }

    /** Joins {@code part} with its other half if that is there, and so on upwards. */
    private void addUp(Part part, ParameterArena.Leaves sum) {
        Part parent = tree.parent(part);
        ParameterArena.Leaves other;
        synchronized (this) {
            boolean left = parent != null && part.equals(parent.left());
            other = parent == null ? null : sums.remove(left ? parent.right() : parent.left());
            if (other == null) {
                sums.put(part, sum);
                return;
            }
            if (!left) {
                ParameterArena.Leaves swap = other;
                other = sum;
                sum = swap;
            }
        }
        add(sum.gradient(), other.gradient());
        synchronized (this) {
            free.add(other);
            notifyAll();
        }
        addUp(parent, sum);
    }

    /** {@code left += right}, flat vectors. */
    static void add(Tensor left, Tensor right) {
        for (long from = 0; from < left.elements(); from += CHUNK) {
            long count = Math.min(CHUNK, left.elements() - from);
            try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
                Tensor target = Tensors.alias(left, from, count);
                Ops.copyInto(target, Ops.add(target, Tensors.alias(right, from, count)));
            }
        }
    }
}
