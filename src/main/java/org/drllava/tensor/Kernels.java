package org.drllava.tensor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.drllava.bindings.kernels.KernelLibrary.CPU;
import static org.drllava.bindings.kernels.KernelLibrary.CUDA;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import org.drllava.bindings.kernels.AttentionKernels;
import org.drllava.bindings.kernels.KernelLibrary;
import org.drllava.bindings.kernels.LayerKernels;
import org.drllava.bindings.kernels.LinearKernels;
import org.drllava.bindings.kernels.Matrix;
import org.drllava.bindings.kernels.RowKernels;
import org.drllava.bindings.kernels.TrainingKernels;
import org.drllava.bindings.kernels.VocabularyKernels;

/**
 * The project's own kernels on float32 tensors, for passes that autograd does not record. Unlike {@link Ops} they write into
 * tensors that the caller made. All tensors of a call lie on one device, which decides on the library.
 *
 * <p>On the CPU they work on the calling thread and those that help it, and give a row the same bits whatever the other rows of
 * the call are. On a GPU they put work on its default stream; products are cuBLAS's, whose last bits depend on the number of rows. Wrong numbers in
 * a GPU's index tensors are told when results are next read ({@link Tensor#toFloats}).
 */
public final class Kernels {
    /** Most numbers of a block of logits on a GPU: 64 MiB. */
    private static final long LOGITS = 1 << 24;

    private Kernels() {}

    /** Whether this build has them and the device can run them; calls throw otherwise. */
    public static boolean available(Device device) {
        return onGpu(device) ? Gpu.lack() == null : CPU.available();
    }

    /** Whether they can work on {@code x}: float32 on a device that has them. */
    public static boolean suit(Tensor x) {
        return x.dtype() == DType.FLOAT32 && available(x.device());
    }

    /** The instruction set in use, or why there are no kernels. */
    public static String description(Device device) {
        return !onGpu(device) ? CPU.description() : Gpu.lack() == null ? CUDA.description() : Gpu.lack();
    }

    /** Whether tensors of this device lie on a GPU. */
    public static boolean onGpu(Device device) {
        return Gpu.holds(device);
    }

    /** Waits for a GPU's work before its results are read. @throws org.drllava.bindings.kernels.KernelException for a fault that a kernel found */
    static void settle(Device device) {
        if (onGpu(device) && CUDA.available()) {
            CUDA.synchronize();
        }
    }

    /** The library that works where {@code x} lies. */
    private static KernelLibrary on(Tensor x) {
        Device device = x.device();
        if (!onGpu(device)) {
            return CPU;
        }
        Gpu.of(device);
        return CUDA;
    }

    private static KernelLibrary on(Columns x) {
        return on(x.matrix());
    }

    /** Shares the calling thread's further calls among so many threads, itself among them; their bits do not depend on it. */
    static void threads(int threads) {
        CPU.threads(threads);
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

        private Matrix data(KernelLibrary on) {
            return new Matrix(floats(on, matrix).asSlice(rows() == 0 ? 0 : from * Float.BYTES), matrix.size(1));
        }

        /** Some rows of them; valid in the innermost scope. */
        private Columns rows(long first, long rows) {
            return new Columns(Tensors.alias(matrix, first * matrix.size(1), rows, matrix.size(1)), from, count);
        }

        private boolean whole() {
            return count == matrix.size(1);
        }
    }

    // Linear layers ----------------------------------------------------------------------------------------------------

    /** Whether this processor multiplies bfloat16 faster than float32. */
    public static boolean fastBf16() {
        return LinearKernels.fastBf16(CPU);
    }

    /**
     * Layers with the same input as {@link #pack} takes them best: where weights are laid out anyway, as one.
     *
     * @param weights each [out, in]
     */
    public static List<Tensor> joined(List<Tensor> weights) {
        boolean apart = weights.size() == 1 || onGpu(weights.getFirst().device());
        return apart ? weights : List.of(Ops.cat(0, weights.toArray(Tensor[]::new)));
    }

    /**
     * For {@code x Wᵀ}. What is not a weight itself belongs to the innermost scope.
     *
     * @param weights   each [out, in], one above the other; on a CPU one alone
     * @param precision float32, or bfloat16 to round the weight and what meets it; sums are float32 in both
     */
    public static PackedWeight pack(List<Tensor> weights, DType precision) {
        return pack(weights, LinearKernels.Layout.NT, precision);
    }

    /** For {@code g W}, the gradient with respect to the inputs of layers with these weights; as {@link #pack}. */
    public static PackedWeight packTransposed(List<Tensor> weights, DType precision) {
        return pack(weights, LinearKernels.Layout.NN, precision);
    }

    public static PackedWeight pack(Tensor weight, DType precision) {
        return pack(List.of(weight), precision);
    }

    public static PackedWeight packTransposed(Tensor weight, DType precision) {
        return packTransposed(List.of(weight), precision);
    }

    private static PackedWeight pack(List<Tensor> weights, LinearKernels.Layout layout, DType dtype) {
        LinearKernels.Precision precision = precision(dtype);
        boolean back = layout == LinearKernels.Layout.NN;
        if (onGpu(weights.getFirst().device())) {
            return new PackedWeight.Plain(weights.stream().map(weight -> Ops.contiguous(Ops.to(weight, dtype))).toList(), back);
        }
        require(weights.size() == 1, () -> "weights are laid out one at a time, not " + weights.size());
        Tensor weight = weights.getFirst();
        long rows = weight.size(0), columns = weight.size(1);
        Tensor packed = Tensors.empty(Device.CPU, DType.FLOAT32, LinearKernels.packedFloats(CPU, rows, columns, layout, precision));
        try (TensorScope scope = TensorScope.open()) {
            Matrix data = Columns.of(Ops.to(weight, DType.FLOAT32)).data(CPU);
            LinearKernels.pack(CPU, data, rows, columns, layout, precision, packed.segment());
        }
        return new PackedWeight.Panels(packed, back ? rows : columns, back ? columns : rows);
    }

    private static LinearKernels.Precision precision(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> LinearKernels.Precision.F32;
            case BFLOAT16 -> LinearKernels.Precision.BF16;
            default -> throw new IllegalArgumentException("the kernels keep numbers in float32 or bfloat16, not in " + dtype);
        };
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

    // Rows -------------------------------------------------------------------------------------------------------------

    /** {@code y[r] = table[ids[r]]}. @param table [count, n], float32 or bfloat16; @param ids int64 [rows] */
    public static void embedding(Columns y, Tensor table, Tensor ids) {
        requireSize("y", y, ids.elements(), table.size(1));
        KernelLibrary on = on(y);
        RowKernels.embedding(on, y.data(on), memory(on, table), precision(table.dtype()), table.size(0), indices(on, ids, y.rows()), y.rows(),
                y.count());
    }

    // Layers -----------------------------------------------------------------------------------------------------------

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

    // Attention --------------------------------------------------------------------------------------------------------

    /** Keys and values of one layer for sequences that grow, in a layout of the kernels' own. */
    public static final class Cache {
        private final AttentionKernels.CacheShape shape;
        private final Tensor data;

        /**
         * An empty cache; it belongs to the innermost scope.
         *
         * @param capacity  tokens of a sequence
         * @param precision what is kept of keys and values: float32, or bfloat16 in half the memory
         */
        public Cache(Device device, long batch, long capacity, long kvHeads, long head, DType precision) {
            shape = new AttentionKernels.CacheShape(batch, capacity, kvHeads, head, precision(precision));
            data = Tensors.zeros(device, DType.FLOAT32, AttentionKernels.cacheFloats(onGpu(device) ? CUDA : CPU, shape));
        }

        /** @param keys [rows, kvHeads · head], rotated; @param values as keys; @param sequences int64 [rows]; @param positions int64 [rows] */
        public void append(Columns keys, Columns values, Tensor sequences, Tensor positions) {
            requireSize("keys", keys, keys.rows(), shape.kvHeads() * shape.head());
            requireSize("values", values, keys.rows(), keys.count());
            KernelLibrary on = on(keys);
            AttentionKernels.append(on, shape, floats(on, data), keys.data(on), values.data(on), indices(on, sequences, keys.rows()),
                    indices(on, positions, keys.rows()), keys.rows());
        }

        /** Gives sequence {@code to} the first {@code length} tokens of {@code from}. */
        public void copy(long from, long to, long length) {
            KernelLibrary on = on(data);
            AttentionKernels.copy(on, shape, floats(on, data), from, to, length);
        }

        /** Each row sees its sequence's places 0 to its position. @param out may be q; @param q [rows, heads · head], rotated */
        public void attend(Columns out, Columns q, Tensor sequences, Tensor positions) {
            requireSize("out", out, q.rows(), q.count());
            require(q.count() % shape.head() == 0, () -> q.count() + " columns are no whole heads of " + shape.head());
            KernelLibrary on = on(out);
            AttentionKernels.attendCached(on, out.data(on), q.data(on), shape, floats(on, data), indices(on, sequences, q.rows()),
                    indices(on, positions, q.rows()), q.rows(), q.count() / shape.head(), scale(shape.head()));
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

        private AttentionKernels.Shape shape(KernelLibrary on, Columns q, Columns keys, long head) {
            long offsets = keyOffsets.elements();
            require(offsets > 0, () -> "offsets are empty");
            if (on == CPU) {
                requireOffsets(keyOffsets, keys.rows());
                requireOffsets(queryOffsets == null ? keyOffsets : queryOffsets, q.rows());
            }
            return new AttentionKernels.Shape(offsets - 1, indices(on, keyOffsets, offsets),
                    queryOffsets == null ? MemorySegment.NULL : indices(on, queryOffsets, offsets),
                    positions == null ? MemorySegment.NULL : indices(on, positions, q.rows()), q.count() / head, keys.count() / head, head,
                    scale(head));
        }

        private static void requireOffsets(Tensor offsets, long rows) {
            long last = indices(CPU, offsets, offsets.elements()).getAtIndex(JAVA_LONG, offsets.elements() - 1);
            require(last == rows, () -> "offsets end with " + last + " where there are " + rows + " rows");
        }
    }

    /** @param out may be q; @param logsumexp [queries, heads] to fill, or null; @param head elements of a head */
    public static void attend(Columns out, Tensor logsumexp, Columns q, Columns keys, Columns values, Packed packed, long head) {
        requireSize("out", out, q.rows(), q.count());
        requireSize("values", values, keys.rows(), keys.count());
        requireElements("logsumexp", logsumexp, q.rows() * (q.count() / head));
        KernelLibrary on = on(out);
        AttentionKernels.attend(on, out.data(on), floatsOrNull(on, logsumexp), q.data(on), keys.data(on), values.data(on),
                packed.shape(on, q, keys, head));
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
        KernelLibrary on = on(dq);
        AttentionKernels.attendBackward(on, dq.data(on), dkeys.data(on), dvalues.data(on), dout.data(on), out.data(on), floats(on, logsumexp),
                q.data(on), keys.data(on), values.data(on), packed.shape(on, q, keys, head));
    }

    private static float scale(long head) {
        return (float) (1 / Math.sqrt(head));
    }

    // Vocabulary -------------------------------------------------------------------------------------------------------

    /**
     * The layer that makes logits, and the temperature that divides them.
     *
     * @param weight     of {@link #pack}
     * @param transposed of {@link #packTransposed}, for gradients; else null
     */
    public record Head(PackedWeight weight, PackedWeight transposed, double temperature) {}

    /**
     * Log-probabilities and entropies of given tokens, without a matrix of all logits: a block of rows has its own at most.
     *
     * @param logprobs  [rows], to fill
     * @param entropies [rows], to fill, or null
     * @param gradients [rows, in], to fill with d logprob / d hidden, or null
     * @param hidden    [rows, in]
     * @param targets   int64 [rows]
     */
    public static void logprobs(Tensor logprobs, Tensor entropies, Columns gradients, Columns hidden, Tensor targets, Head head) {
        requireElements("logprobs", logprobs, hidden.rows());
        requireElements("entropies", entropies, hidden.rows());
        requireSize("gradients", gradients, hidden.rows(), hidden.count());
        requireSize("hidden", hidden, hidden.rows(), head.weight().in());
        switch (head.weight()) {
            case PackedWeight.Panels(Tensor packed, long in, long vocabulary) -> {
                MemorySegment transposed = head.transposed() instanceof PackedWeight.Panels back ? floats(CPU, back.data()) : MemorySegment.NULL;
                VocabularyKernels.logprobs(CPU, floats(CPU, logprobs), floatsOrNull(CPU, entropies), orNone(CPU, gradients), hidden.data(CPU),
                        indices(CPU, targets, hidden.rows()), hidden.rows(),
                        new VocabularyKernels.Head(floats(CPU, packed), transposed, in, vocabulary, MemorySegment.NULL, (float) head.temperature()));
            }
            case PackedWeight.Plain _ -> {
                long block = Math.max(1, LOGITS / head.weight().out());
                for (long from = 0; from < hidden.rows(); from += block) {
                    logprobsOfBlock(logprobs, entropies, gradients, hidden, targets, head, from, Math.min(block, hidden.rows() - from));
                }
            }
        }
    }

    private static void logprobsOfBlock(Tensor logprobs, Tensor entropies, Columns gradients, Columns hidden, Tensor targets, Head head, long from,
            long rows) {
        try (TensorScope scope = TensorScope.open()) {
            Columns logits = Columns.of(Tensors.empty(hidden.matrix().device(), DType.FLOAT32, rows, head.weight().out()));
            linear(logits, hidden.rows(from, rows), head.weight(), null, 1);
            KernelLibrary on = on(logits);
            VocabularyKernels.logitLogprobs(on, floats(on, Tensors.alias(logprobs, from, rows)),
                    entropies == null ? MemorySegment.NULL : floats(on, Tensors.alias(entropies, from, rows)), logits.data(on),
                    indices(on, Tensors.alias(targets, from, rows), rows), (float) head.temperature(), gradients != null, rows, logits.count());
            if (gradients != null) {
                linear(gradients.rows(from, rows), logits, head.transposed(), null, 1);
            }
        }
    }

    /**
     * How tokens are chosen; a token depends on seed, step, conversation and position alone.
     *
     * @param temperature 0 takes the likeliest token, scored at 1
     * @param topK        0 for all
     * @param topP        1 for all
     * @param suppressed  int64, rising: never chosen, but counted in log-probabilities; null for none
     */
    public record Choice(double temperature, long topK, double topP, Tensor suppressed, long seed, long step) {}

    /** The tokens chosen, with their log-probabilities: {@link #logprobs} gives the same bits. */
    public record Chosen(long[] tokens, float[] logprobs) {}

    /** @param logits [rows, vocabulary], not divided by the temperature; @param conversations int64 [rows]; @param positions int64 [rows] */
    public static Chosen sample(Columns logits, Choice choice, Tensor conversations, Tensor positions) {
        try (TensorScope scope = TensorScope.open()) {
            Device device = logits.matrix().device();
            Tensor tokens = Tensors.empty(device, DType.INT64, logits.rows());
            Tensor logprobs = Tensors.empty(device, DType.FLOAT32, logits.rows());
            sample(tokens, logprobs, logits, choice, conversations, positions);
            return new Chosen(tokens.toLongs(), logprobs.toFloats());
        }
    }

    /** As {@link #sample(Columns, Choice, Tensor, Tensor)}. @param tokens int64 [rows], to fill; @param logprobs [rows], to fill */
    public static void sample(Tensor tokens, Tensor logprobs, Columns logits, Choice choice, Tensor conversations, Tensor positions) {
        requireElements("logprobs", logprobs, logits.rows());
        KernelLibrary on = on(logits);
        var sampling = new VocabularyKernels.Sampling(choice.temperature(), choice.topK(), choice.topP(),
                indicesOrNull(on, choice.suppressed()), choice.seed(), choice.step());
        VocabularyKernels.sample(on, indices(on, tokens, logits.rows()), floats(on, logprobs), MemorySegment.NULL, logits.data(on), sampling,
                indices(on, conversations, logits.rows()), indices(on, positions, logits.rows()), logits.rows(), logits.count());
    }

    /** Uniform in [0, 1), a pure function of its arguments (Philox4x32-10). */
    public static double uniform(long seed, long step, long conversation, long position) {
        return VocabularyKernels.uniform(seed, step, conversation, position);
    }

    // Training ---------------------------------------------------------------------------------------------------------

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

    /** PPO's clipped policy loss. @param dlogprobs [n], to fill with the gradient; @return {@code Σ max(-A ρ, -A clip(ρ)) / total} */
    public static double policyLoss(Tensor dlogprobs, Tensor logprobs, Tensor oldLogprobs, Tensor advantages, double clip, double total) {
        long n = logprobs.elements();
        requireElements("dlogprobs", dlogprobs, n);
        requireElements("oldLogprobs", oldLogprobs, n);
        requireElements("advantages", advantages, n);
        KernelLibrary on = on(logprobs);
        return TrainingKernels.policyLoss(on, floats(on, dlogprobs), floats(on, logprobs), floats(on, oldLogprobs), floats(on, advantages), clip,
                total, n);
    }

    /** PPO's clipped value loss. @param dvalues [n], to fill with the gradient; @return {@code ½ Σ max(…) / total} */
    public static double valueLoss(Tensor dvalues, Tensor values, Tensor oldValues, Tensor returns, double clip, double total) {
        long n = values.elements();
        requireElements("dvalues", dvalues, n);
        requireElements("oldValues", oldValues, n);
        requireElements("returns", returns, n);
        KernelLibrary on = on(values);
        return TrainingKernels.valueLoss(on, floats(on, dvalues), floats(on, values), floats(on, oldValues), floats(on, returns), clip, total, n);
    }

    /**
     * Generalised advantage estimation of conversations one after the other, in double.
     *
     * @param advantages [n], to fill
     * @param returns    [n], to fill
     * @param rewards    [n]
     * @param values     [n]
     * @param discounts  float64 [n], from each token to the next
     * @param offsets    int64 [conversations + 1]: where each conversation begins, and n
     */
    public static void advantages(Tensor advantages, Tensor returns, Tensor rewards, Tensor values, Tensor discounts, double lambda, Tensor offsets) {
        long n = rewards.elements();
        requireElements("advantages", advantages, n);
        requireElements("returns", returns, n);
        requireElements("values", values, n);
        requireElements("discounts", discounts, n);
        require(discounts.dtype() == DType.FLOAT64, () -> discounts + " is not float64");
        KernelLibrary on = on(rewards);
        if (on == CPU) {
            Packed.requireOffsets(offsets, n);
        }
        TrainingKernels.advantages(on, floats(on, advantages), floats(on, returns), floats(on, rewards), floats(on, values), memory(on, discounts),
                lambda, indices(on, offsets, offsets.elements()), offsets.elements() - 1);
    }

    /** {@code (x - mean) / (deviation + 1e-8)} in place; the mean is added again unless {@code shiftMean}. */
    public static void whiten(Tensor x, boolean shiftMean) {
        KernelLibrary on = on(x);
        TrainingKernels.whiten(on, floats(on, x), shiftMean, x.elements());
    }

    /** Σ x², right to 2 in a million. */
    public static double squaredNorm(Tensor x) {
        KernelLibrary on = on(x);
        return TrainingKernels.squaredNorm(on, floats(on, x), x.elements());
    }

    /** One step of {@link AdamW} with the gradient scaled first. @param step from 1 */
    public static void adamw(Tensor values, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamW.Settings settings,
            double learningRate, double gradientScale, long step) {
        long n = values.elements();
        requireElements("gradient", gradient, n);
        requireElements("firstMoment", firstMoment, n);
        requireElements("secondMoment", secondMoment, n);
        KernelLibrary on = on(values);
        TrainingKernels.adamw(on, floats(on, values), floats(on, gradient), floats(on, firstMoment), floats(on, secondMoment),
                new TrainingKernels.AdamW(learningRate, settings.beta1(), settings.beta2(), settings.epsilon(), settings.weightDecay(),
                        gradientScale, step), n);
    }

    // Memory -----------------------------------------------------------------------------------------------------------

    /**
     * Copies elements between a GPU's tensor and one here, all work before being done; makes no tensors.
     *
     * @throws org.drllava.bindings.kernels.KernelException for a fault that a kernel on the GPU has found since the last copy
     */
    public static void copy(Tensor from, Tensor to) {
        settle(from.device());
        Ops.copyInto(to, from);
    }

    // Arguments --------------------------------------------------------------------------------------------------------

    private static MemorySegment memory(KernelLibrary on, Tensor tensor) {
        return on == CPU ? tensor.segment() : Gpu.memory(tensor);
    }

    private static MemorySegment floats(KernelLibrary on, Tensor tensor) {
        require(tensor.dtype() == DType.FLOAT32, () -> tensor + " is not float32");
        return memory(on, tensor);
    }

    private static MemorySegment floatsOrNull(KernelLibrary on, Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : floats(on, tensor);
    }

    private static MemorySegment indices(KernelLibrary on, Tensor tensor, long count) {
        require(tensor.dtype() == DType.INT64 && tensor.elements() == count, () -> tensor + " is not int64[" + count + "]");
        return memory(on, tensor);
    }

    private static MemorySegment indicesOrNull(KernelLibrary on, Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : indices(on, tensor, tensor.elements());
    }

    private static Matrix orNone(KernelLibrary on, Columns columns) {
        return columns == null ? Matrix.NONE : columns.data(on);
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
