package org.drllava.benchmarks;

import java.lang.foreign.MemorySegment;
import org.drllava.bindings.libtorch.NativeTensor;
import org.drllava.bindings.libtorch.ScalarTypes;
import org.drllava.bindings.libtorch.TorchRuntime;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/** Tensors for operators that {@link org.drllava.tensor.Ops} has no use for. */
final class Native {
    private Native() {}

    /** Another tensor over the same memory, which must outlive it. @param tensor float32 */
    static NativeTensor of(Tensor tensor) {
        return TorchRuntime.fromBlob(tensor.segment(), tensor.shape(), ScalarTypes.FLOAT32, Device.CPU.type(), Device.CPU.ordinal());
    }

    /** A copy of some int64 elements. */
    static Tensor copy(NativeTensor integers, long... shape) {
        Tensor copy = Tensors.empty(Device.CPU, DType.INT64, shape);
        MemorySegment target = copy.segment();
        target.copyFrom(integers.data(target.byteSize()));
        return copy;
    }
}
