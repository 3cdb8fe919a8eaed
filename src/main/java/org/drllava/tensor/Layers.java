package org.drllava.tensor;

import static org.drllava.tensor.KernelArguments.floats;
import static org.drllava.tensor.KernelArguments.floatsOrNull;
import static org.drllava.tensor.KernelArguments.indices;
import static org.drllava.tensor.KernelArguments.memory;
import static org.drllava.tensor.KernelArguments.orNone;
import static org.drllava.tensor.KernelArguments.precision;
import static org.drllava.tensor.KernelArguments.require;
import static org.drllava.tensor.KernelArguments.requireElements;
import static org.drllava.tensor.KernelArguments.requireSize;
import static org.drllava.tensor.Kernels.on;

import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.LayerKernels;
import org.drllava.bindings.kernels.RowKernels;

/** The steps of a decoder between products and attention, there and back, on the project's own {@link Kernels}. */
public final class Layers {
    private Layers() {}

    /** {@code y[r] = table[ids[r]]}. @param table [count, n], float32 or bfloat16; @param ids int64 [rows] */
    public static void embedding(Columns y, Tensor table, Tensor ids) {
        requireSize("y", y, ids.elements(), table.size(1));
        KernelLibrary on = on(y);
        RowKernels.embedding(on, y.data(on), memory(on, table), precision(table.dtype()), table.size(0), indices(on, ids, y.rows()), y.rows(),
                y.count());
    }

    /** {@code y = x · inverse · weight}, inverse = 1 / √(mean(x²) + eps). @param inverse [rows] to fill, or null */
    public static void rmsNorm(Columns y, Columns x, Tensor weight, double eps, Tensor inverse) {
        requireSize("y", y, x.rows(), x.count());
        requireElements("weight", weight, x.count());
        requireElements("inverse", inverse, x.rows());
        KernelLibrary on = on(y);
        LayerKernels.rmsNorm(on, y.data(on), x.data(on), floats(on, weight), (float) eps, floatsOrNull(on, inverse), x.rows(), x.count());
    }

    /** {@code dx = residual + } gradient. @param dx may be dy or residual; @param inverse of the forward pass; @param residual or null */
    public static void rmsNormBackward(Columns dx, Columns dy, Columns x, Tensor weight, Tensor inverse, Columns residual) {
        requireSize("dx", dx, x.rows(), x.count());
        requireSize("dy", dy, x.rows(), x.count());
        requireSize("residual", residual, x.rows(), x.count());
        requireElements("weight", weight, x.count());
        requireElements("inverse", inverse, x.rows());
        KernelLibrary on = on(dx);
        LayerKernels.rmsNormBackward(on, dx.data(on), dy.data(on), x.data(on), floats(on, weight), floats(on, inverse), orNone(on, residual),
                x.rows(), x.count());
    }

    /**
     * Turns the heads in {@code x} in place.
     *
     * @param x         [rows, heads · head]
     * @param cosines   [positions, head]
     * @param sines     as cosines, negative in the first half
     * @param positions int64 [rows]
     * @param backward  whether x is a gradient, which turns the other way
     */
    public static void rotary(Columns x, Tensor cosines, Tensor sines, Tensor positions, boolean backward) {
        long head = cosines.size(1);
        require(x.count() % head == 0, () -> x.count() + " columns are no whole heads of " + head);
        requireElements("sines", sines, cosines.elements());
        KernelLibrary on = on(x);
        LayerKernels.rotary(on, x.data(on), floats(on, cosines), floats(on, sines), cosines.size(0), indices(on, positions, x.rows()), backward,
                x.rows(), x.count() / head, head);
    }

    /** Rounds x to bfloat16, in place. */
    public static void round(Columns x) {
        KernelLibrary on = on(x);
        LayerKernels.round(on, x.data(on), x.rows(), x.count());
    }

    /** {@code y = silu(gate) · up}. @param y may be gate or up */
    public static void swiglu(Columns y, Columns gate, Columns up) {
        requireSize("y", y, gate.rows(), gate.count());
        requireSize("up", up, gate.rows(), gate.count());
        KernelLibrary on = on(y);
        LayerKernels.swiglu(on, y.data(on), gate.data(on), up.data(on), gate.rows(), gate.count());
    }

    /** Each result may be dy, gate or up. @param y silu(gate) · up once more, or null */
    public static void swigluBackward(Columns dgate, Columns dup, Columns y, Columns dy, Columns gate, Columns up) {
        for (Columns other : new Columns[] {dgate, dup, y, dy, up}) {
            requireSize("an argument", other, gate.rows(), gate.count());
        }
        KernelLibrary on = on(dy);
        LayerKernels.swigluBackward(on, dgate.data(on), dup.data(on), orNone(on, y), dy.data(on), gate.data(on), up.data(on), gate.rows(),
                gate.count());
    }
}
