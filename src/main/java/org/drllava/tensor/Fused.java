package org.drllava.tensor;

import java.lang.foreign.MemorySegment;
import org.drllava.bindings.kernels.Kernels;

/**
 * The project's own kernels, on float32 in CPU memory and on the calling thread alone. Nothing is recorded for autograd. A
 * row's result does not depend on the other rows of the call.
 */
public final class Fused {
    private Fused() {}

    /** Whether this build and host have them. */
    public static boolean available() {
        return Kernels.available();
    }

    /** Which they are, or why there are none, in words. */
    public static String description() {
        return available() ? "fused kernels for " + Kernels.instructionSet() : "no fused kernels: " + Kernels.absence();
    }

    /** {@code y = x W + residual}, W as packed. @param residual or null; may be {@code y} */
    public static void linear(Matrix y, Matrix x, PackedWeight weight, Matrix residual) {
        require(x.columns() == weight.inputs() && y.columns() == weight.outputs() && x.rows() == y.rows(), "linear", y, x, residual);
        Kernels.linear(y.memory(), y.stride(), x.memory(), x.stride(), weight.memory().segment(), memory(residual), stride(residual), 1,
                x.rows(), weight.inputs(), weight.outputs());
    }

    /** RMSNorm of each row. @param weight [columns]; @param inverse [rows], what {@link #rmsNormBackward} needs, or null */
    public static void rmsNorm(Matrix y, Matrix x, Tensor weight, double eps, Tensor inverse) {
        require(same(y, x) && weight.elements() == x.columns(), "rmsNorm", y, x, null);
        Kernels.rmsNorm(y.memory(), y.stride(), x.memory(), x.stride(), weight.segment(), (float) eps,
                inverse == null ? MemorySegment.NULL : inverse.segment(), x.rows(), x.columns());
    }

    /** {@code dx = residual + } the gradient behind the norm. @param residual or null; may be {@code dx} */
    public static void rmsNormBackward(Matrix dx, Matrix dy, Matrix x, Tensor weight, Tensor inverse, Matrix residual) {
        require(same(dx, x) && same(dy, x) && inverse.elements() == x.rows(), "rmsNormBackward", dx, dy, residual);
        Kernels.rmsNormBackward(dx.memory(), dx.stride(), dy.memory(), dy.stride(), x.memory(), x.stride(), weight.segment(), inverse.segment(),
                memory(residual), stride(residual), x.rows(), x.columns());
    }

    /**
     * Turns the heads of each row to its position, in place, or back.
     *
     * @param x         [rows, heads * head]
     * @param cosines   [positions, head]; @param sines the same, negative in the first half
     * @param positions int64 [rows]
     */
    public static void rotate(Matrix x, Tensor cosines, Tensor sines, Tensor positions, boolean back) {
        long head = cosines.size(1);
        require(x.columns() % head == 0 && positions.elements() == x.rows(), "rotate", x, x, null);
        Kernels.rotary(x.memory(), x.stride(), cosines.segment(), sines.segment(), cosines.size(0), positions.segment(), back, x.rows(),
                x.columns() / head, head);
    }

    /** {@code y = silu(gate) up}. @param gateUp [rows, 2 n], gate before up; @param y [rows, n] */
    public static void swiGlu(Matrix y, Matrix gateUp) {
        long n = y.columns();
        require(gateUp.columns() == 2 * n && gateUp.rows() == y.rows(), "swiGlu", y, gateUp, null);
        Matrix gate = gateUp.columns(0, n);
        Matrix up = gateUp.columns(n, n);
        Kernels.swiGlu(y.memory(), y.stride(), gate.memory(), gate.stride(), up.memory(), up.stride(), y.rows(), n);
    }

    /** The way back of {@link #swiGlu}. @param dGateUp may be {@code gateUp}; @param y the product once more, or null */
    public static void swiGluBackward(Matrix dGateUp, Matrix y, Matrix dy, Matrix gateUp) {
        long n = dy.columns();
        require(gateUp.columns() == 2 * n && same(dGateUp, gateUp) && gateUp.rows() == dy.rows(), "swiGluBackward", dGateUp, gateUp, null);
        Matrix gate = gateUp.columns(0, n);
        Matrix up = gateUp.columns(n, n);
        Matrix dGate = dGateUp.columns(0, n);
        Matrix dUp = dGateUp.columns(n, n);
        Kernels.swiGluBackward(dGate.memory(), dGate.stride(), dUp.memory(), dUp.stride(), memory(y), stride(y), dy.memory(), dy.stride(),
                gate.memory(), gate.stride(), up.memory(), up.stride(), dy.rows(), n);
    }

    /**
     * Causal attention of packed sequences with grouped queries.
     *
     * @param out       [queries, heads * head]
     * @param logSumExp float32 [queries, heads], what {@link #attentionBackward} needs, or null
     * @param keys      [keys, keyHeads * head]; @param values as keys
     */
    public static void attention(Matrix out, Tensor logSumExp, Matrix q, Matrix keys, Matrix values, AttentionRows rows, int head) {
        require(same(out, q) && same(keys, values) && q.columns() % head == 0, "attention", q, keys, null);
        Kernels.attention(out.memory(), out.stride(), logSumExp == null ? MemorySegment.NULL : logSumExp.segment(), q.memory(), q.stride(),
                keys.memory(), keys.stride(), values.memory(), values.stride(), rows.shape(q.columns() / head, keys.columns() / head, head));
    }

    /** Gradients of {@link #attention}, given that of {@code out}; they are overwritten. */
    public static void attentionBackward(Matrix dq, Matrix dKeys, Matrix dValues, Matrix dOut, Matrix out, Tensor logSumExp, Matrix q, Matrix keys,
            Matrix values, AttentionRows rows, int head) {
        require(same(dq, q) && same(dKeys, keys) && same(dValues, values) && same(dOut, out), "attentionBackward", dq, dKeys, null);
        Kernels.attentionBackward(dq.memory(), dq.stride(), dKeys.memory(), dKeys.stride(), dValues.memory(), dValues.stride(), dOut.memory(),
                dOut.stride(), out.memory(), out.stride(), logSumExp.segment(), q.memory(), q.stride(), keys.memory(), keys.stride(),
                values.memory(), values.stride(), rows.shape(q.columns() / head, keys.columns() / head, head));
    }

    private static boolean same(Matrix a, Matrix b) {
        return a.rows() == b.rows() && a.columns() == b.columns();
    }

    private static MemorySegment memory(Matrix matrix) {
        return matrix == null ? MemorySegment.NULL : matrix.memory();
    }

    private static long stride(Matrix matrix) {
        return matrix == null ? 0 : matrix.stride();
    }

    private static void require(boolean fits, String kernel, Matrix y, Matrix x, Matrix residual) {
        if (!fits || residual != null && !same(residual, y)) {
            throw new IllegalArgumentException(kernel + ": [" + y.rows() + ", " + y.columns() + "] and [" + x.rows() + ", " + x.columns()
                    + "] do not fit" + (residual == null ? "" : " each other or [" + residual.rows() + ", " + residual.columns() + "]"));
        }
    }
}
