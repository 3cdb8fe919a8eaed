package org.drllava.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a step as a sum over units of work. Every unit has leaves and a gradient of its own, and the gradients are
 * summed in the order of the units by a fixed binary tree, so the bits do not depend on which worker ran which unit, nor on
 * how many workers there are. Takes one gradient's memory a unit.
 */
public final class GradientUnits {
    /**
     * What a unit's forward pass gives: its part of the loss, and whatever else the caller wants to know.
     *
     * @param below what of the pass autograd has not recorded, or null
     */
    public record Result<T>(Tensor loss, T statistics, Below below) {
        public Result(Tensor loss, T statistics) {
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
    public interface Unit<T> {
        Result<T> run(int unit, ParameterArena.Leaves leaves);
    }

    private final List<ParameterArena.Leaves> leaves = new ArrayList<>();

    /** Room for up to {@code most} units a step; it belongs to the innermost scope. */
    public GradientUnits(ParameterArena arena, int most) {
        for (int unit = 0; unit < most; unit++) {
            leaves.add(arena.leaves());
        }
    }

    /**
     * Runs {@code units} forward and backward passes; afterwards {@link #gradient} is their sum.
     *
     * @return the units' statistics, in order
     */
    public <T> List<T> accumulate(Workers workers, int units, Unit<T> work) {
        if (units < 1 || units > leaves.size()) {
            throw new IllegalArgumentException(units + " units where 1 to " + leaves.size() + " were planned");
        }
        List<T> statistics = workers.map(units, unit -> {
            ParameterArena.Leaves own = leaves.get(unit);
            Tensors.zero(own.gradient());
            Result<T> result = work.run(unit, own);
            if (result.below() == null) {
                own.backward(result.loss());
            } else {
                own.backward(result.loss(), result.below().leaf());
                result.below().backward();
            }
            return result.statistics();
        });
        for (int stride = 1; stride < units; stride *= 2) {
            for (int unit = 0; unit + stride < units; unit += 2 * stride) {
                try (TensorScope scope = TensorScope.open()) {
                    Tensor left = leaves.get(unit).gradient();
                    Ops.copyInto(left, Ops.add(left, leaves.get(unit + stride).gradient()));
                }
            }
        }
        return statistics;
    }

    /** The sum after {@link #accumulate}, flat float32. */
    public Tensor gradient() {
        return leaves.getFirst().gradient();
    }
}
