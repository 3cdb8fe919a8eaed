package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.drllava.bindings.libtorch.NativeTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class TensorScopeTest {
    @Test
    void closingFreesWhatWasMadeInside() {
        long before = NativeTensor.live();
        try (TensorScope scope = TensorScope.open()) {
            Ops.add(ones(3), ones(3));
            assertThat(NativeTensor.live() - before).isEqualTo(3);
        }
        assertThat(NativeTensor.live()).isEqualTo(before);
    }

    @Test
    void anInnerScopeLeavesTheOuterOnesTensorsAlone() {
        try (TensorScope outer = TensorScope.open()) {
            Tensor a = ones(2);
            Tensor b;
            try (TensorScope inner = TensorScope.open()) {
                b = Ops.add(a, a);
            }
            assertThat(a.toFloats()).containsExactly(1, 1);
            assertThat(b).hasToString("freed tensor");
        }
    }

    @Test
    void useAfterFreeIsAClearError() {
        Tensor a;
        try (TensorScope scope = TensorScope.open()) {
            a = ones(2);
        }
        try (TensorScope scope = TensorScope.open()) {
            Tensor freed = a;
            assertThatThrownBy(() -> Ops.exp(freed)).isInstanceOf(IllegalStateException.class).hasMessageContaining("freed");
            assertThatThrownBy(freed::toFloats).isInstanceOf(IllegalStateException.class).hasMessageContaining("freed");
            assertThatThrownBy(() -> Ops.cat(0, ones(1), freed)).isInstanceOf(IllegalStateException.class).hasMessageContaining("freed");
        }
    }

    @Test
    void aKeptTensorMovesOutByOneScopeOnly() {
        try (TensorScope run = TensorScope.open()) {
            Tensor kept;
            try (TensorScope rollout = TensorScope.open()) {
                try (TensorScope step = TensorScope.open()) {
                    kept = step.keep(ones(4));
                }
                assertThat(kept.toFloats()).hasSize(4);
            }
            assertThat(kept).hasToString("freed tensor");
        }
    }

    @Test
    void keepingAnOuterScopesTensorChangesNothing() {
        try (TensorScope outer = TensorScope.open()) {
            Tensor a = ones(1);
            try (TensorScope inner = TensorScope.open()) {
                assertThat(inner.keep(a)).isSameAs(a);
            }
            assertThat(a.item()).isEqualTo(1);
        }
    }

    @Test
    void theOutermostScopeHasNowhereToKeep() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor a = ones(1);
            assertThatThrownBy(() -> scope.keep(a)).isInstanceOf(IllegalStateException.class).hasMessageContaining("outermost");
        }
    }

    @Test
    void scopedGivesItsResultAlone() {
        try (TensorScope scope = TensorScope.open()) {
            long before = NativeTensor.live();
            Tensor sum = TensorScope.scoped(() -> Ops.add(ones(2), Ops.multiply(ones(2), 3)));
            assertThat(sum.toFloats()).containsExactly(4, 4);
            assertThat(NativeTensor.live() - before).isEqualTo(1);
        }
    }

    @Test
    void aScopeIsFreedWhenItsBodyFails() {
        long before = NativeTensor.live();
        try (TensorScope outer = TensorScope.open()) {
            assertThatThrownBy(() -> TensorScope.scoped(() -> Ops.matmul(ones(2), ones(3))));
            assertThat(NativeTensor.live()).isEqualTo(before);
            assertThat(ones(1).item()).isEqualTo(1);
        }
    }

    @Test
    void scopesCloseInnermostFirst() {
        TensorScope outer = TensorScope.open();
        TensorScope inner = TensorScope.open();
        Tensor a = ones(1);
        assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class).hasMessageContaining("innermost first");
        assertThat(a.item()).isEqualTo(1);
        inner.close();
        outer.close();
        assertThatCode(inner::close).as("closing twice").doesNotThrowAnyException();
    }

    @Test
    void withoutAScopeNothingIsMade() {
        long before = NativeTensor.live();
        assertThatThrownBy(() -> ones(1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("no TensorScope is open on thread");
        assertThat(NativeTensor.live()).isEqualTo(before);
    }

    @Test
    void anotherThreadMayReadButNotClose() throws Exception {
        try (TensorScope scope = TensorScope.open()) {
            Tensor a = ones(3);
            float[] read = CompletableFuture.supplyAsync(() -> {
                try (TensorScope own = TensorScope.open()) {
                    return Ops.add(a, a).toFloats();
                }
            }).get();
            assertThat(read).containsExactly(2, 2, 2);
            assertThatThrownBy(CompletableFuture.runAsync(scope::close)::get).isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(a.toFloats()[0]).isEqualTo(1);
        }
    }

    /** Both threads make and free thousands of tensors at once; their results and the count at the end are right. */
    @Test
    void twoThreadsWorkSideBySide() {
        long before = NativeTensor.live();
        CompletableFuture<?>[] threads = new CompletableFuture<?>[2];
        for (int t = 0; t < threads.length; t++) {
            float start = t + 1;
            threads[t] = CompletableFuture.runAsync(() -> {
                try (TensorScope scope = TensorScope.open()) {
                    Tensor x = Tensors.of(Device.CPU, new float[] {start, -start, 0}, 3);
                    for (int i = 0; i < 1000; i++) {
                        Tensor y = x;
                        Tensor sum = TensorScope.scoped(() -> Ops.subtract(Ops.add(y, y), y));
                        assertThat(sum.toFloats()).containsExactly(start, -start, 0);
                    }
                }
            });
        }
        CompletableFuture.allOf(threads).join();
        assertThat(NativeTensor.live()).isEqualTo(before);
    }

    private static Tensor ones(int n) {
        float[] values = new float[n];
        java.util.Arrays.fill(values, 1);
        return Tensors.of(Device.CPU, values, n);
    }
}
