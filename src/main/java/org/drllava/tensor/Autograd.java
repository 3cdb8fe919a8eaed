package org.drllava.tensor;

import org.drllava.bindings.libtorch.NativeTensor;
import org.drllava.bindings.libtorch.Operator;
import org.drllava.bindings.libtorch.OperatorCall;
import org.drllava.bindings.libtorch.TorchRuntime;

/** libtorch's recording of operators and its backward pass. */
public final class Autograd {
    private static final Operator BACKWARD = Operator.of("aten::_backward");

    private Autograd() {}

    /** A guard that restores this thread's recording on close. */
    public interface Guard extends AutoCloseable {
        @Override
        void close();
    }

    /** Whether this thread's operators are recorded. */
    public static boolean recording() {
        return TorchRuntime.gradMode();
    }

    /** Stops recording on this thread until the guard closes. */
    public static Guard off() {
        boolean before = TorchRuntime.gradMode();
        TorchRuntime.setGradMode(false);
        return () -> TorchRuntime.setGradMode(before);
    }

    /**
     * Makes {@code values} a leaf that gradients flow to.
     *
     * @param gradient of the same shape; backward passes add to it
     * @return {@code values}
     */
    public static Tensor leaf(Tensor values, Tensor gradient) {
        TorchRuntime.setRequiresGrad(values.handle(), true);
        TorchRuntime.assignGradient(values.handle(), gradient.handle());
        return values;
    }

    /**
     * Adds d {@code loss} / d leaf to the gradient of every leaf, where {@link ParameterArena#leaves} gave it memory.
     *
     * @param loss a recorded tensor with one element
     */
    public static void backward(Tensor loss, Tensor... leaves) {
        backwardFrom(loss, null, leaves);
    }

    /** As {@link #backward}, from further below. @param end recorded, or itself a leaf; @param slope d loss / d end, shaped as it; null for 1 */
    static void backwardFrom(Tensor end, Tensor slope, Tensor... leaves) {
        NativeTensor[] handles = new NativeTensor[leaves.length];
        for (int i = 0; i < leaves.length; i++) {
            handles[i] = leaves[i].handle();
        }
        OperatorCall.of(BACKWARD).tensor(end.handle()).tensors(handles).optionalTensor(Tensor.handleOrNull(slope)).none().bool(false).run();
    }
}
