package org.drllava.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.drllava.bindings.libtorch.NativeTensor;

/**
 * Owns the tensors made while it is the thread's innermost scope and frees them all when it closes. Scopes nest (run ⊃
 * rollout ⊃ minibatch) and belong to the thread that opened them; a tensor outlives its scope only by {@link #keep}.
 * Other threads may read a tensor for as long as its scope is open.
 */
public final class TensorScope implements AutoCloseable {
    private static final ThreadLocal<TensorScope> INNERMOST = new ThreadLocal<>();

    private final TensorScope parent;
    private final Thread owner = Thread.currentThread();
    private List<Tensor> tensors = new ArrayList<>();

    private TensorScope(TensorScope parent) {
        this.parent = parent;
    }

    /** Opens a scope inside this thread's innermost one. */
    public static TensorScope open() {
        TensorScope scope = new TensorScope(INNERMOST.get());
        INNERMOST.set(scope);
        return scope;
    }

    /** Runs {@code body} in a scope of its own; its result alone moves to the scope around. */
    public static Tensor scoped(Supplier<Tensor> body) {
        try (TensorScope scope = open()) {
            return scope.keep(body.get());
        }
    }

    /** Gives {@code handle} to this thread's innermost scope; without one it is freed at once. */
    static Tensor adopt(NativeTensor handle) {
        TensorScope scope = INNERMOST.get();
        if (scope == null) {
            handle.close();
            throw new IllegalStateException("no TensorScope is open on thread " + Thread.currentThread().getName());
        }
        Tensor tensor = new Tensor(handle);
        scope.tensors.add(tensor);
        return tensor;
    }

    /**
     * Moves {@code tensor} to the scope around this one, so that it outlives this scope.
     *
     * @return {@code tensor}; unchanged when an outer scope owns it already
     */
    public Tensor keep(Tensor tensor) {
        if (parent == null) {
            throw new IllegalStateException("the outermost scope has no scope around it to keep a tensor in");
        }
        // A result is nearly always the newest tensor, so search from the end.
        for (int i = tensors.size() - 1; i >= 0; i--) {
            if (tensors.get(i) == tensor) {
                tensors.remove(i);
                parent.tensors.add(tensor);
                break;
            }
        }
        return tensor;
    }

    @Override
    public void close() {
        if (tensors == null) {
            return;
        }
        if (owner != Thread.currentThread() || INNERMOST.get() != this) {
            throw new IllegalStateException("a TensorScope must be closed by its thread, innermost first");
        }
        if (parent == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(parent);
        }
        for (int i = tensors.size() - 1; i >= 0; i--) {
            tensors.get(i).handle().close();
        }
        tensors = null;
    }
}
