package org.drllava.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.drllava.common.InputException;
import org.drllava.tensor.UnitTree.Part;

/**
 * Steps of AdamW along the gradient of a loss that is a sum over units of work, shared by a {@link Team}. Every rank adds the
 * gradients of its own units; of these sums the ranks exchange shards, each adds its shard of all, takes the step there (so
 * optimiser state exists once among all ranks: ZeRO stage 1, arXiv 1910.02054), and gathers everybody's parameters. With
 * {@link Reduction#EXACT} parameters come to the same bits whoever did what.
 */
public final class Descent {
    /**
     * What a unit's forward pass gives: its part of the loss, and numbers that the caller wants to know.
     *
     * @param below what of the pass autograd has not recorded, or null
     */
    public record Result(Loss loss, double[] statistics, Below below) {
        public Result(Loss loss, double[] statistics) {
            this(loss, statistics, null);
        }
    }

    /** The lower part of a pass, which knows its own way back. */
    public interface Below {
        /** What autograd saw of it: a leaf whose gradient the upper part's way back fills. */
        Tensor leaf();

        /** Goes on from the leaf's gradient to the parameters'. */
        void backward();
    }

    /** A unit's forward pass. */
    @FunctionalInterface
    public interface Unit {
        Result run(int unit, ParameterArena.Leaves leaves);
    }

    /** What a step's passes came to. @param statistics of all units, in order; @param norm Euclidean, of the whole gradient before clipping */
    public record Sum(List<double[]> statistics, double norm) {}

    private final Team team;
    private final ParameterArena arena;
    private final UnitTree tree;
    private final List<List<Part>> parts = new ArrayList<>();
    private final GradientUnits units;
    private final Shards shards;
    private final AdamW optimizer;
    private final double maxNorm;
    private final Map<Part, Tensor> received = new HashMap<>();
    private Tensor shard;
    private double norm;

    /**
     * Gradients and optimiser state belong to the innermost scope.
     *
     * @param maxNorm longer gradients are shortened to this norm, as {@code clip_grad_norm_} does
     * @param units   of every step
     */
    public Descent(ParameterArena arena, AdamW.Settings settings, double maxNorm, int units, Team team) {
        this.team = team;
        this.arena = arena;
        this.maxNorm = maxNorm;
        int size = team.ranks().size();
        int rank = team.ranks().rank();
        if (size > 1 && arena.values().device() != Device.CPU && !team.ranks().onDevice()) {
            throw new InputException(team.ranks().transport() + " moves host memory, but the parameters are on " + arena.values().device()
                    + ": train on several GPUs with --collectives nccl.");
        }
        tree = new UnitTree(units);
        for (int r = 0; r < size; r++) {
            Team.Share share = team.share(units, r);
            parts.add(tree.cover(share.from(), share.to()));
        }
        this.units = new GradientUnits(arena, tree, team.share(units), team.workers());
        shards = new Shards(arena.values().elements(), size);
        optimizer = new AdamW(shards.of(arena.values(), rank), settings);
        if (size > 1) {
            parts.forEach(some -> some.forEach(part -> received.put(part, Tensors.empty(arena.values().device(), DType.FLOAT32, shards.size(rank)))));
        }
    }

    /** Runs the forward and backward passes of all units, each on one rank. */
    public Sum sum(Unit work) {
        List<double[]> statistics = units.accumulate(work);
        shard = team.ranks().size() == 1 ? units.sum(parts.getFirst().getFirst()) : switch (team.reduction()) {
            case EXACT -> exchanged();
            case FAST -> summed();
        };
        List<double[]> all = team.gather(statistics);
        double squares = 0;
        for (double[] blocks : team.gather(List.of(SquaredNorm.ofBlocks(shard)))) {
            for (double block : blocks) {
                squares += block;
            }
        }
        norm = Math.sqrt(squares);
        return new Sum(all, norm);
    }

    /** One step along the last {@link #sum}'s gradient. */
    public void step(double learningRate) {
        optimizer.step(shard, learningRate, Math.min(1, maxNorm / (norm + 1e-6)));
        team.ranks().allGather(shards.memory(arena.values()));
    }

    /** This rank's shard of the whole gradient: exchanged part by part, added in the tree's order. */
    private Tensor exchanged() {
        int rank = team.ranks().rank();
        int rounds = parts.stream().mapToInt(List::size).max().orElseThrow();
        for (int round = 0; round < rounds; round++) {
            List<MemorySegment> receive = new ArrayList<>();
            for (List<Part> some : parts) {
                receive.add(round < some.size() ? received.get(some.get(round)).memory() : MemorySegment.NULL);
            }
            List<Part> mine = parts.get(rank);
            team.ranks().exchange(round < mine.size() ? shards.memory(units.sum(mine.get(round)))
                    : parts.stream().map(_ -> MemorySegment.NULL).toList(), receive);
        }
        return tree.reduce(received::get, (left, right) -> {
            GradientUnits.add(left, right);
            return left;
        });
    }

    /** As {@link #exchanged}, by the transport's own sum. */
    private Tensor summed() {
        List<Part> mine = parts.get(team.ranks().rank());
        Tensor sum = units.sum(mine.getFirst());
        mine.stream().skip(1).forEach(part -> GradientUnits.add(sum, units.sum(part)));
        team.ranks().sum(sum.memory());
        Tensor own = received.get(mine.getFirst());
        Ops.copyInto(own, shards.of(sum, team.ranks().rank()));
        return own;
    }

    // State --------------------------------------------------------------------------------------------------------------

    /** The parameters trained, float32 [n]. */
    public Tensor values() {
        return arena.values();
    }

    public long steps() {
        return optimizer.steps();
    }

    /** AdamW's m of all parameters, float32 [n], gathered from all ranks; belongs to the innermost scope. */
    public Tensor firstMoment() {
        return gathered(optimizer.firstMoment());
    }

    /** AdamW's v, as {@link #firstMoment}. */
    public Tensor secondMoment() {
        return gathered(optimizer.secondMoment());
    }

    private Tensor gathered(Tensor mine) {
        Tensor whole = Tensors.empty(mine.device(), DType.FLOAT32, shards.elements());
        Ops.copyInto(shards.of(whole, team.ranks().rank()), mine);
        team.ranks().allGather(shards.memory(whole));
        return whole;
    }

    /** Continues after {@code steps} steps with these moments, float32 [n] of all parameters. */
    public void resume(long steps, Tensor firstMoment, Tensor secondMoment) {
        Ops.copyInto(optimizer.firstMoment(), shards.of(firstMoment, team.ranks().rank()));
        Ops.copyInto(optimizer.secondMoment(), shards.of(secondMoment, team.ranks().rank()));
        optimizer.resumeAfter(steps);
    }
}
