package org.drllava.tensor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.drllava.bindings.kernels.AttentionKernels;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.LayerKernels;
import org.drllava.bindings.kernels.LinearKernels;
import org.drllava.bindings.kernels.Matrix;

/**
 * The project's own CPU kernels on float32 tensors, for passes that autograd does not record. Unlike {@link Ops} they write
 * into tensors that the caller made, work on the calling thread alone, and give a row the same bits whatever the other rows
 * of the call are.
 */
public final class Kernels {
    private Kernels() {}

    /** Whether this build and this processor have them; calls throw otherwise. */
    public static boolean available() {
        return KernelLibrary.available();
    }

    /** The instruction set in use, or why there are no kernels. */
    public static String description() {
        return KernelLibrary.description();
    }

    /**
     * Some columns of a matrix [rows, n], as {@code q} is in a matrix of {@code q | k | v}.
     *
     * @param from first column; @param count how many
     */
    public record Columns(Tensor matrix, long from, long count) {
        public Columns {
            require(matrix.dimensions() == 2 && from >= 0 && count >= 0 && from + count <= matrix.size(1),
                    () -> "columns " + from + " to " + (from + count) + " do not lie in " + matrix);
        }

        /** All columns. */
        public static Columns of(Tensor matrix) {
            return new Columns(matrix, 0, matrix.size(-1));
        }

        public long rows() {
            return matrix.size(0);
        }

        private Matrix data() {
            return new Matrix(floats(matrix).asSlice(rows() == 0 ? 0 : from * Float.BYTES), matrix.size(1));
        }
    }

    // Linear layers ----------------------------------------------------------------------------------------------------

    /** A weight laid out for {@link #linear}. @param data the copy, owned by a scope as any tensor; @param in inputs; @param out outputs */
    public record PackedWeight(Tensor data, long in, long out) {}

    /** For {@code x Wᵀ}. @param weight [out, in]; the result belongs to the innermost scope */
    public static PackedWeight pack(Tensor weight) {
        return pack(weight, LinearKernels.Layout.NT, weight.size(1), weight.size(0));
    }

    /** For {@code g W}, the gradient with respect to the inputs of a layer with this weight. @param weight [out, in] */
    public static PackedWeight packTransposed(Tensor weight) {
        return pack(weight, LinearKernels.Layout.NN, weight.size(0), weight.size(1));
    }

    private static PackedWeight pack(Tensor weight, LinearKernels.Layout layout, long in, long out) {
        Matrix rows = Columns.of(weight).data();
        Tensor packed = Tensors.empty(Device.CPU, DType.FLOAT32, LinearKernels.packedFloats(weight.size(0), weight.size(1), layout));
        LinearKernels.pack(rows, weight.size(0), weight.size(1), layout, packed.segment());
        return new PackedWeight(packed, in, out);
    }

    /**
     * {@code y = scale · x W' + residual}.
     *
     * @param residual may be {@code y}; null for none
     */
    public static void linear(Columns y, Columns x, PackedWeight weight, Columns residual, double scale) {
        requireSize("y", y, x.rows(), weight.out());
        requireSize("x", x, x.rows(), weight.in());
        requireSize("residual", residual, x.rows(), weight.out());
        LinearKernels.linear(y.data(), x.data(), floats(weight.data()), orNone(residual), (float) scale, x.rows(), weight.in(), weight.out());
    }

    /** {@code x W' + residual} as a new tensor. @param x [rows, in]; @param residual [rows, out] or null */
    public static Tensor linear(Tensor x, PackedWeight weight, Tensor residual) {
        Tensor y = Tensors.empty(Device.CPU, DType.FLOAT32, x.size(0), weight.out());
        linear(Columns.of(y), Columns.of(x), weight, residual == null ? null : Columns.of(residual), 1);
        return y;
    }

    /**
     * {@code y = x W' + low B' + residual}: a layer with a low-rank update.
     *
     * @param low      [rows, rank], {@code scale · x Aᵀ}
     * @param residual may be {@code y}; null for none
     */
    public static void linearLora(Columns y, Columns x, PackedWeight weight, Columns low, PackedWeight b, Columns residual) {
        requireSize("y", y, x.rows(), weight.out());
        requireSize("x", x, x.rows(), weight.in());
        requireSize("low", low, x.rows(), b.in());
        requireSize("residual", residual, x.rows(), weight.out());
        require(b.out() == weight.out(), () -> "the update has " + b.out() + " outputs where the layer has " + weight.out());
        LinearKernels.linearLora(y.data(), x.data(), floats(weight.data()), low.data(), floats(b.data()), orNone(residual), x.rows(),
                weight.in(), weight.out(), b.in());
    }

    // Layers -----------------------------------------------------------------------------------------------------------

    /** {@code y = x · inverse · weight}, inverse = 1 / √(mean(x²) + eps). @param inverse [rows] to fill, or null */
    public static void rmsNorm(Columns y, Columns x, Tensor weight, double eps, Tensor inverse) {
        requireSize("y", y, x.rows(), x.count());
        requireElements("weight", weight, x.count());
        requireElements("inverse", inverse, x.rows());
        LayerKernels.rmsNorm(y.data(), x.data(), floats(weight), (float) eps, floatsOrNull(inverse), x.rows(), x.count());
    }

    /** {@code dx = residual + } gradient. @param dx may be dy or residual; @param inverse of the forward pass; @param residual or null */
    public static void rmsNormBackward(Columns dx, Columns dy, Columns x, Tensor weight, Tensor inverse, Columns residual) {
        requireSize("dx", dx, x.rows(), x.count());
        requireSize("dy", dy, x.rows(), x.count());
        requireSize("residual", residual, x.rows(), x.count());
        requireElements("weight", weight, x.count());
        requireElements("inverse", inverse, x.rows());
        LayerKernels.rmsNormBackward(dx.data(), dy.data(), x.data(), floats(weight), floats(inverse), orNone(residual), x.rows(), x.count());
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
        LayerKernels.rotary(x.data(), floats(cosines), floats(sines), cosines.size(0), indices(positions, x.rows()), backward, x.rows(),
                x.count() / head, head);
    }

    /** {@code y = silu(gate) · up}. @param y may be gate or up */
    public static void swiglu(Columns y, Columns gate, Columns up) {
        requireSize("y", y, gate.rows(), gate.count());
        requireSize("up", up, gate.rows(), gate.count());
        LayerKernels.swiglu(y.data(), gate.data(), up.data(), gate.rows(), gate.count());
    }

    /** Each result may be dy, gate or up. @param y silu(gate) · up once more, or null */
    public static void swigluBackward(Columns dgate, Columns dup, Columns y, Columns dy, Columns gate, Columns up) {
        for (Columns other : new Columns[] {dgate, dup, y, dy, up}) {
            requireSize("an argument", other, gate.rows(), gate.count());
        }
        LayerKernels.swigluBackward(dgate.data(), dup.data(), orNone(y), dy.data(), gate.data(), up.data(), gate.rows(), gate.count());
    }

    // Attention --------------------------------------------------------------------------------------------------------

    /** Keys and values of one layer for sequences that grow, in a layout of the kernels' own. */
    public static final class Cache {
        private final AttentionKernels.CacheShape shape;
        private final Tensor data;

        /** An empty cache; it belongs to the innermost scope. @param capacity tokens of a sequence */
        public Cache(long batch, long capacity, long kvHeads, long head) {
            shape = new AttentionKernels.CacheShape(batch, capacity, kvHeads, head);
            data = Tensors.zeros(Device.CPU, DType.FLOAT32, AttentionKernels.cacheFloats(shape));
        }

        /** @param keys [rows, kvHeads · head], rotated; @param values as keys; @param sequences int64 [rows]; @param positions int64 [rows] */
        public void append(Columns keys, Columns values, Tensor sequences, Tensor positions) {
            requireSize("keys", keys, keys.rows(), shape.kvHeads() * shape.head());
            requireSize("values", values, keys.rows(), keys.count());
            AttentionKernels.append(shape, floats(data), keys.data(), values.data(), indices(sequences, keys.rows()),
                    indices(positions, keys.rows()), keys.rows());
        }

        /** Gives sequence {@code to} the first {@code length} tokens of {@code from}. */
        public void copy(long from, long to, long length) {
            AttentionKernels.copy(shape, floats(data), from, to, length);
        }

        /** Each row sees its sequence's places 0 to its position. @param out may be q; @param q [rows, heads · head], rotated */
        public void attend(Columns out, Columns q, Tensor sequences, Tensor positions) {
            requireSize("out", out, q.rows(), q.count());
            require(q.count() % shape.head() == 0, () -> q.count() + " columns are no whole heads of " + shape.head());
            AttentionKernels.attendCached(out.data(), q.data(), shape, floats(data), indices(sequences, q.rows()),
                    indices(positions, q.rows()), q.rows(), q.count() / shape.head(), scale(shape.head()));
        }
    }

    /**
     * Sequences one after the other, without padding.
     *
     * @param keyOffsets   int64 [sequences + 1]: where each sequence begins, and the number of tokens
     * @param queryOffsets int64 [sequences + 1] for the rows of q; null when every token is a query
     * @param positions    int64 [queries], each query's place in its sequence; null with queryOffsets
     */
    public record Packed(Tensor keyOffsets, Tensor queryOffsets, Tensor positions) {
        public static Packed all(Tensor keyOffsets) {
            return new Packed(keyOffsets, null, null);
        }

        private AttentionKernels.Shape shape(Columns q, Columns keys, long head) {
            long offsets = keyOffsets.elements();
            requireOffsets(keyOffsets, keys.rows());
            requireOffsets(queryOffsets == null ? keyOffsets : queryOffsets, q.rows());
            return new AttentionKernels.Shape(offsets - 1, indices(keyOffsets, offsets),
                    queryOffsets == null ? MemorySegment.NULL : indices(queryOffsets, offsets),
                    positions == null ? MemorySegment.NULL : indices(positions, q.rows()), q.count() / head, keys.count() / head, head,
                    scale(head));
        }

        private static void requireOffsets(Tensor offsets, long rows) {
            require(offsets.elements() > 0, () -> "offsets are empty");
            long last = indices(offsets, offsets.elements()).getAtIndex(JAVA_LONG, offsets.elements() - 1);
            require(last == rows, () -> "offsets end with " + last + " where there are " + rows + " rows");
        }
    }

    /** @param out may be q; @param logsumexp [queries, heads] to fill, or null; @param head elements of a head */
    public static void attend(Columns out, Tensor logsumexp, Columns q, Columns keys, Columns values, Packed packed, long head) {
        requireSize("out", out, q.rows(), q.count());
        requireSize("values", values, keys.rows(), keys.count());
        requireElements("logsumexp", logsumexp, q.rows() * (q.count() / head));
        AttentionKernels.attend(out.data(), floatsOrNull(logsumexp), q.data(), keys.data(), values.data(), packed.shape(q, keys, head));
    }

    /** Overwrites dq, dkeys and dvalues. @param out of {@link #attend}; @param logsumexp likewise */
    public static void attendBackward(Columns dq, Columns dkeys, Columns dvalues, Columns dout, Columns out, Tensor logsumexp, Columns q,
            Columns keys, Columns values, Packed packed, long head) {
        requireSize("dq", dq, q.rows(), q.count());
        requireSize("dout", dout, q.rows(), q.count());
        requireSize("out", out, q.rows(), q.count());
        requireSize("dkeys", dkeys, keys.rows(), keys.count());
        requireSize("values", values, keys.rows(), keys.count());
        requireSize("dvalues", dvalues, keys.rows(), keys.count());
        requireElements("logsumexp", logsumexp, q.rows() * (q.count() / head));
        AttentionKernels.attendBackward(dq.data(), dkeys.data(), dvalues.data(), dout.data(), out.data(), floats(logsumexp), q.data(),
                keys.data(), values.data(), packed.shape(q, keys, head));
    }

    private static float scale(long head) {
        return (float) (1 / Math.sqrt(head));
    }

    // Arguments --------------------------------------------------------------------------------------------------------

    private static MemorySegment floats(Tensor tensor) {
        require(tensor.dtype() == DType.FLOAT32, () -> tensor + " is not float32");
        return tensor.segment();
    }

    private static MemorySegment floatsOrNull(Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : floats(tensor);
    }

    private static MemorySegment indices(Tensor tensor, long count) {
        require(tensor.dtype() == DType.INT64 && tensor.elements() == count, () -> tensor + " is not int64[" + count + "]");
        return tensor.segment();
    }

    private static Matrix orNone(Columns columns) {
        return columns == null ? Matrix.NONE : columns.data();
    }

    private static void requireSize(String name, Columns columns, long rows, long count) {
        require(columns == null || (columns.rows() == rows && columns.count() == count),
                () -> name + " is not [" + rows + ", " + count + "] in " + columns.matrix());
    }

    private static void requireElements(String name, Tensor tensor, long elements) {
        require(tensor == null || tensor.elements() == elements, () -> name + " " + tensor + " has not " + elements + " elements");
    }

    private static void require(boolean holds, Supplier<String> text) {
        if (!holds) {
            throw new IllegalArgumentException(text.get());
        }
    }
}
