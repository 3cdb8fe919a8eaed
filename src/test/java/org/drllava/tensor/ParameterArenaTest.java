package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class ParameterArenaTest {
    private TensorScope scope;
    private ParameterArena arena;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("z", new long[] {2, 2});
        shapes.put("empty", new long[] {0, 3});
        shapes.put("a", new long[] {3});
        arena = new ParameterArena(Device.CPU, shapes);
        arena.get("z").set(new float[] {1, 2, 3, 4});
        arena.get("a").set(new float[] {5, 6, 7});
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void parametersLieInOneBufferInTheGivenOrder() {
        assertThat(arena.values().toFloats()).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(arena.shapes().keySet()).containsExactly("z", "empty", "a");
        assertThat(arena.get("z").shape()).containsExactly(2, 2);
        assertThat(arena.get("empty").toFloats()).isEmpty();
        arena.values().set(new float[] {7, 6, 5, 4, 3, 2, 1});
        assertThat(arena.get("a").toFloats()).containsExactly(3, 2, 1);
        assertThatThrownBy(() -> arena.get("b")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("b");
    }

    @Test
    void backwardPassesAddUp() {
        var leaves = arena.leaves();
        leaves.backward(loss(leaves));
        assertThat(leaves.gradient().toFloats()).containsExactly(2, 4, 6, 8, 1, 1, 1);
        leaves.backward(loss(leaves));
        assertThat(leaves.gradient().toFloats()).containsExactly(4, 8, 12, 16, 2, 2, 2);
        Tensors.zero(leaves.gradient());
        leaves.backward(loss(leaves));
        assertThat(leaves.gradient().toFloats()).containsExactly(2, 4, 6, 8, 1, 1, 1);
    }

    @Test
    void aParameterThatTheLossDoesNotUseKeepsItsGradient() {
        var leaves = arena.leaves();
        leaves.backward(Ops.sum(leaves.byName().get("a")));
        assertThat(leaves.gradient().toFloats()).containsExactly(0, 0, 0, 0, 1, 1, 1);
    }

    @Test
    void setsOfLeavesShareValuesButNotGradients() {
        var one = arena.leaves();
        var two = arena.leaves();
        one.backward(loss(one));
        assertThat(two.gradient().toFloats()).containsOnly(0);
        two.backward(Ops.sum(two.byName().get("z")));
        assertThat(two.gradient().toFloats()).containsExactly(1, 1, 1, 1, 0, 0, 0);
        assertThat(one.gradient().toFloats()).containsExactly(2, 4, 6, 8, 1, 1, 1);
        arena.values().set(new float[] {0, 0, 0, 10, 0, 0, 0});
        assertThat(one.byName().get("z").toFloats()).isEqualTo(two.byName().get("z").toFloats()).containsExactly(0, 0, 0, 10);
    }

    @Test
    void anOptimisersStepIsSeenByTheLeaves() {
        var leaves = arena.leaves();
        AdamW optimizer = new AdamW(arena.values(), AdamW.Settings.DEFAULT);
        leaves.backward(loss(leaves));
        optimizer.step(leaves.gradient(), 0.5, 1);
        assertThat(leaves.byName().get("a").toFloats()).containsExactly(new float[] {4.5f, 5.5f, 6.5f}, within(1e-6f));
        Tensors.zero(leaves.gradient());
        leaves.backward(loss(leaves));
        assertThat(leaves.gradient().toFloats()).containsExactly(new float[] {1, 3, 5, 7, 1, 1, 1}, within(1e-6f));
    }

    /** Σz² + Σa */
    private static Tensor loss(ParameterArena.Leaves leaves) {
        Tensor z = leaves.byName().get("z");
        return Ops.add(Ops.sum(Ops.multiply(z, z)), Ops.sum(leaves.byName().get("a")));
    }
}
