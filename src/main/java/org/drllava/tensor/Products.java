package org.drllava.tensor;

import static org.drllava.bindings.kernels.KernelLibrary.CPU;
import static org.drllava.bindings.kernels.KernelLibrary.CUDA;
import static org.drllava.tensor.KernelArguments.floats;
import static org.drllava.tensor.KernelArguments.indices;
import static org.drllava.tensor.KernelArguments.orNone;
import static org.drllava.tensor.KernelArguments.require;
import static org.drllava.tensor.KernelArguments.requireSize;
import static org.drllava.tensor.Kernels.on;

import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.LinearKernels;
import org.drllava.bindings.kernels.TrainingKernels;

/** Products of linear layers, of low-rank updates beside them, and of their weights' gradients, on the project's own {@link Kernels}. */
public final class Products {
    private Products() {}

    /** Whether this processor multiplies bfloat16 faster than float32. */
    public static boolean fastBf16() {
        return LinearKernels.fastBf16(CPU);
    }

    /**
     * {@code y = scale · x W' + residual}.
     *
     * @param residual may be {@code y}; on a GPU {@code y} or as whole a matrix; null for none
     */
    public static void linear(Columns y, Columns x, PackedWeight weight, Columns residual, double scale) {
        requireSize("y", y, x.rows(), weight.out());
        requireSize("x", x, x.rows(), weight.in());
        requireSize("residual", residual, x.rows(), weight.out());
        KernelLibrary on = on(y);
        switch (weight) {
            case PackedWeight.Panels panels -> LinearKernels.linear(CPU, y.data(CPU), x.data(CPU), floats(CPU, panels.data()), orNone(CPU, residual),
                    (float) scale, x.rows(), weight.in(), weight.out());
            case PackedWeight.Plain plain when x.rows() > 0 -> {
                boolean add = startFrom(residual, y);
                Gpu.of(y.matrix().device()).linear(y.data(on), x.data(on), plain, scale, add, x.rows());
            }
            case PackedWeight.Plain _ -> {}
        }
    }

    /** Puts a product's residual where the product adds to it. @return whether there is one */
    private static boolean startFrom(Columns residual, Columns y) {
        if (residual == null) {
            return false;
        }
        if (residual.matrix() != y.matrix() || residual.from() != y.from()) {
            require(residual.whole() && y.whole(), () -> "a residual on a GPU is a whole matrix, not columns of " + residual.matrix());
            Gpu.of(y.matrix().device()).copy(Gpu.memory(residual.matrix()), Gpu.memory(y.matrix()));
        }
        return true;
    }

    /** {@code x W' + residual} as a new tensor. @param x [rows, in]; @param residual [rows, out] or null */
    public static Tensor linear(Tensor x, PackedWeight weight, Tensor residual) {
        Tensor y = Tensors.empty(x.device(), DType.FLOAT32, x.size(0), weight.out());
        linear(Columns.of(y), Columns.of(x), weight, residual == null ? null : Columns.of(residual), 1);
        return y;
    }

    /**
     * {@code y = x W' + low B' + residual}: a layer with a low-rank update, or joined layers with one each.
     *
     * @param low      [rows, parts · rank], {@code scale · x Aᵀ}
     * @param b        rank inputs, for each part; float32
     * @param partEnds int64 [parts], where the outputs of each part end
     * @param residual as in {@link #linear}
     */
    public static void linearLora(Columns y, Columns x, PackedWeight weight, Columns low, PackedWeight b, Tensor partEnds, Columns residual) {
        requireSize("low", low, x.rows(), partEnds.elements() * b.in());
        require(b.out() == weight.out(), () -> "the update has " + b.out() + " outputs where the layer has " + weight.out());
        switch (b) {
            case PackedWeight.Panels panels when weight instanceof PackedWeight.Panels(Tensor data, long in, long out) -> {
                requireSize("y", y, x.rows(), out);
                requireSize("x", x, x.rows(), in);
                requireSize("residual", residual, x.rows(), out);
                LinearKernels.linearLora(CPU, y.data(CPU), x.data(CPU), floats(CPU, data), low.data(CPU), floats(CPU, panels.data()),
                        indices(CPU, partEnds, partEnds.elements()), orNone(CPU, residual), x.rows(), in, out, panels.in());
            }
            case PackedWeight.Plain plain -> {
                linear(y, x, weight, residual, 1);
                if (x.rows() > 0) {
                    Gpu.of(y.matrix().device()).update(y.data(CUDA), low.data(CUDA), plain, x.rows());
                }
            }
            default -> throw new IllegalArgumentException("a layer and its update lie on different devices");
        }
    }

    /** {@code dw = scale · dyᵀ x}, or {@code +=} with {@code add}. @param dw [out, in]; @param dy [rows, out]; @param x [rows, in] */
    public static void weightGradient(Columns dw, Columns dy, Columns x, double scale, boolean add) {
        requireSize("dw", dw, dy.count(), x.count());
        requireSize("dy", dy, x.rows(), dy.count());
        KernelLibrary on = on(dw);
        if (on == CUDA) {
            Gpu.of(dw.matrix().device()).weightGradient(dw.data(on), dy.data(on), x.data(on), scale, add, x.rows(), dy.count(), x.count());
            return;
        }
        TrainingKernels.weightGradient(on, dw.data(on), dy.data(on), x.data(on), (float) scale, add, x.rows(), dy.count(), x.count());
    }
}
