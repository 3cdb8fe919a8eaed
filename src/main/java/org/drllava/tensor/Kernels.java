package org.drllava.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.drllava.bindings.kernels.KernelLibrary.CPU;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.drllava.bindings.kernels.AttentionKernels;
import org.drllava.bindings.kernels.LayerKernels;
import org.drllava.bindings.kernels.LinearKernels;
import org.drllava.bindings.kernels.Matrix;
import org.drllava.bindings.kernels.TrainingKernels;
import org.drllava.bindings.kernels.VocabularyKernels;

/**
 * The project's own CPU kernels on float32 tensors, for passes that autograd does not record. Unlike {@link Ops} they write
 * into tensors that the caller made, work on the calling thread and those that help it, and give a row the same bits whatever the other rows
 * of the call are.
 */
public final class Kernels {
    private Kernels() {}

    /** Whether this build and this processor have them; calls throw otherwise. */
    public static boolean available() {
        return CPU.available();
    }

    /** Whether they can work on {@code x}: float32 in CPU memory. */
    public static boolean suit(Tensor x) {
        return available() && x.dtype() == DType.FLOAT32 && x.device() == Device.CPU;
    }

    /** The instruction set in use, or why there are no kernels. */
    public static String description() {
        return CPU.description();
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

        private Matrix data() {
            return new Matrix(floats(matrix).asSlice(rows() == 0 ? 0 : from * Float.BYTES), matrix.size(1));
        }
    }

    // Linear layers ----------------------------------------------------------------------------------------------------

    /** A weight laid out for {@link #linear}. @param data the copy, owned by a scope as any tensor; @param in inputs; @param out outputs */
    public record PackedWeight(Tensor data, long in, long out) {}

    /** Whether this processor multiplies bfloat16 faster than float32. */
    public static boolean fastBf16() {
        return LinearKernels.fastBf16(CPU);
    }

    /**
     * For {@code x Wᵀ}. The result belongs to the innermost scope.
     *
     * @param weight    [out, in]
     * @param precision float32, or bfloat16 to round the weight and what meets it; sums are float32 in both
     */
    public static PackedWeight pack(Tensor weight, DType precision) {
        return pack(weight, LinearKernels.Layout.NT, precision, weight.size(1), weight.size(0));
    }

    /** For {@code g W}, the gradient with respect to the inputs of a layer with this weight; as {@link #pack}. @param weight [out, in] */
    public static PackedWeight packTransposed(Tensor weight, DType precision) {
        return pack(weight, LinearKernels.Layout.NN, precision, weight.size(0), weight.size(1));
    }

    private static PackedWeight pack(Tensor weight, LinearKernels.Layout layout, DType dtype, long in, long out) {
        LinearKernels.Precision precision = precision(dtype);
        long floats = LinearKernels.packedFloats(CPU, weight.size(0), weight.size(1), layout, precision);
        Tensor packed = Tensors.empty(Device.CPU, DType.FLOAT32, floats);
        try (TensorScope scope = TensorScope.open()) {
            Matrix rows = Columns.of(Ops.to(weight, DType.FLOAT32)).data();
            LinearKernels.pack(CPU, rows, weight.size(0), weight.size(1), layout, precision, packed.segment());
        }
        return new PackedWeight(packed, in, out);
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
     * @param residual may be {@code y}; null for none
     */
    public static void linear(Columns y, Columns x, PackedWeight weight, Columns residual, double scale) {
        requireSize("y", y, x.rows(), weight.out());
        requireSize("x", x, x.rows(), weight.in());
        requireSize("residual", residual, x.rows(), weight.out());
        LinearKernels.linear(CPU, y.data(), x.data(), floats(weight.data()), orNone(residual), (float) scale, x.rows(), weight.in(), weight.out());
    }

    /** {@code x W' + residual} as a new tensor. @param x [rows, in]; @param residual [rows, out] or null */
    public static Tensor linear(Tensor x, PackedWeight weight, Tensor residual) {
        Tensor y = Tensors.empty(Device.CPU, DType.FLOAT32, x.size(0), weight.out());
        linear(Columns.of(y), Columns.of(x), weight, residual == null ? null : Columns.of(residual), 1);
        return y;
    }

    /**
     * {@code y = x W' + low B' + residual}: a layer with a low-rank update, or joined layers with one each.
     *
     * @param low      [rows, parts · rank], {@code scale · x Aᵀ}
     * @param b        rank inputs; float32
     * @param partEnds int64 [parts], where the outputs of each part end
     * @param residual may be {@code y}; null for none
     */
    public static void linearLora(Columns y, Columns x, PackedWeight weight, Columns low, PackedWeight b, Tensor partEnds, Columns residual) {
        requireSize("y", y, x.rows(), weight.out());
        requireSize("x", x, x.rows(), weight.in());
        requireSize("low", low, x.rows(), partEnds.elements() * b.in());
        requireSize("residual", residual, x.rows(), weight.out());
        require(b.out() == weight.out(), () -> "the update has " + b.out() + " outputs where the layer has " + weight.out());
        LinearKernels.linearLora(CPU, y.data(), x.data(), floats(weight.data()), low.data(), floats(b.data()), indices(partEnds, partEnds.elements()),
                orNone(residual), x.rows(), weight.in(), weight.out(), b.in());
    }

    // Layers -----------------------------------------------------------------------------------------------------------

    /** {@code y = x · inverse · weight}, inverse = 1 / √(mean(x²) + eps). @param inverse [rows] to fill, or null */
    public static void rmsNorm(Columns y, Columns x, Tensor weight, double eps, Tensor inverse) {
        requireSize("y", y, x.rows(), x.count());
        requireElements("weight", weight, x.count());
        requireElements("inverse", inverse, x.rows());
        LayerKernels.rmsNorm(CPU, y.data(), x.data(), floats(weight), (float) eps, floatsOrNull(inverse), x.rows(), x.count());
    }

    /** {@code dx = residual + } gradient. @param dx may be dy or residual; @param inverse of the forward pass; @param residual or null */
    public static void rmsNormBackward(Columns dx, Columns dy, Columns x, Tensor weight, Tensor inverse, Columns residual) {
        requireSize("dx", dx, x.rows(), x.count());
        requireSize("dy", dy, x.rows(), x.count());
        requireSize("residual", residual, x.rows(), x.count());
        requireElements("weight", weight, x.count());
        requireElements("inverse", inverse, x.rows());
        LayerKernels.rmsNormBackward(CPU, dx.data(), dy.data(), x.data(), floats(weight), floats(inverse), orNone(residual), x.rows(), x.count());
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
        LayerKernels.rotary(CPU, x.data(), floats(cosines), floats(sines), cosines.size(0), indices(positions, x.rows()), backward, x.rows(),
                x.count() / head, head);
    }

    /** Rounds x to bfloat16, in place. */
    public static void round(Columns x) {
        LayerKernels.round(CPU, x.data(), x.rows(), x.count());
    }

    /** {@code y = silu(gate) · up}. @param y may be gate or up */
    public static void swiglu(Columns y, Columns gate, Columns up) {
        requireSize("y", y, gate.rows(), gate.count());
        requireSize("up", up, gate.rows(), gate.count());
        LayerKernels.swiglu(CPU, y.data(), gate.data(), up.data(), gate.rows(), gate.count());
    }

    /** Each result may be dy, gate or up. @param y silu(gate) · up once more, or null */
    public static void swigluBackward(Columns dgate, Columns dup, Columns y, Columns dy, Columns gate, Columns up) {
        for (Columns other : new Columns[] {dgate, dup, y, dy, up}) {
            requireSize("an argument", other, gate.rows(), gate.count());
        }
        LayerKernels.swigluBackward(CPU, dgate.data(), dup.data(), orNone(y), dy.data(), gate.data(), up.data(), gate.rows(), gate.count());
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
        public Cache(long batch, long capacity, long kvHeads, long head, DType precision) {
            shape = new AttentionKernels.CacheShape(batch, capacity, kvHeads, head, precision(precision));
            data = Tensors.zeros(Device.CPU, DType.FLOAT32, AttentionKernels.cacheFloats(CPU, shape));
        }

        /** @param keys [rows, kvHeads · head], rotated; @param values as keys; @param sequences int64 [rows]; @param positions int64 [rows] */
        public void append(Columns keys, Columns values, Tensor sequences, Tensor positions) {
            requireSize("keys", keys, keys.rows(), shape.kvHeads() * shape.head());
            requireSize("values", values, keys.rows(), keys.count());
            AttentionKernels.append(CPU, shape, floats(data), keys.data(), values.data(), indices(sequences, keys.rows()),
                    indices(positions, keys.rows()), keys.rows());
        }

        /** Gives sequence {@code to} the first {@code length} tokens of {@code from}. */
        public void copy(long from, long to, long length) {
            AttentionKernels.copy(CPU, shape, floats(data), from, to, length);
        }

        /** Each row sees its sequence's places 0 to its position. @param out may be q; @param q [rows, heads · head], rotated */
        public void attend(Columns out, Columns q, Tensor sequences, Tensor positions) {
            requireSize("out", out, q.rows(), q.count());
            require(q.count() % shape.head() == 0, () -> q.count() + " columns are no whole heads of " + shape.head());
            AttentionKernels.attendCached(CPU, out.data(), q.data(), shape, floats(data), indices(sequences, q.rows()),
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
        AttentionKernels.attend(CPU, out.data(), floatsOrNull(logsumexp), q.data(), keys.data(), values.data(), packed.shape(q, keys, head));
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
        AttentionKernels.attendBackward(CPU, dq.data(), dkeys.data(), dvalues.data(), dout.data(), out.data(), floats(logsumexp), q.data(),
                keys.data(), values.data(), packed.shape(q, keys, head));
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
     * @param suppressed int64, rising: tokens that the distribution leaves out; null for none
     */
    public record Head(PackedWeight weight, PackedWeight transposed, Tensor suppressed, double temperature) {
        private VocabularyKernels.Head data() {
            return new VocabularyKernels.Head(floats(weight.data()), transposed == null ? MemorySegment.NULL : floats(transposed.data()),
                    weight.in(), weight.out(), indicesOrNull(suppressed), (float) temperature);
        }
    }

    /**
     * Log-probabilities and entropies of given tokens, without a matrix of logits.
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
        VocabularyKernels.logprobs(CPU, floats(logprobs), floatsOrNull(entropies), orNone(gradients), hidden.data(),
                indices(targets, hidden.rows()), hidden.rows(), head.data());
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
            Tensor tokens = Tensors.empty(Device.CPU, DType.INT64, logits.rows());
            Tensor logprobs = Tensors.empty(Device.CPU, DType.FLOAT32, logits.rows());
            var sampling = new VocabularyKernels.Sampling(choice.temperature(), choice.topK(), choice.topP(),
                    indicesOrNull(choice.suppressed()), choice.seed(), choice.step());
            VocabularyKernels.sample(CPU, tokens.segment(), logprobs.segment(), MemorySegment.NULL, logits.data(), sampling,
                    indices(conversations, logits.rows()), indices(positions, logits.rows()), logits.rows(), logits.count());
            HeapCopies.count(logits.rows() * (Long.BYTES + Float.BYTES));
            return new Chosen(tokens.segment().toArray(JAVA_LONG), logprobs.segment().toArray(JAVA_FLOAT));
        }
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
        TrainingKernels.weightGradient(CPU, dw.data(), dy.data(), x.data(), (float) scale, add, x.rows(), dy.count(), x.count());
    }

    /** PPO's clipped policy loss. @param dlogprobs [n], to fill with the gradient; @return {@code Σ max(-A ρ, -A clip(ρ)) / total} */
    public static double policyLoss(Tensor dlogprobs, Tensor logprobs, Tensor oldLogprobs, Tensor advantages, double clip, double total) {
        long n = logprobs.elements();
        requireElements("dlogprobs", dlogprobs, n);
        requireElements("oldLogprobs", oldLogprobs, n);
        requireElements("advantages", advantages, n);
        return TrainingKernels.policyLoss(CPU, floats(dlogprobs), floats(logprobs), floats(oldLogprobs), floats(advantages), clip, total, n);
    }

    /** PPO's clipped value loss. @param dvalues [n], to fill with the gradient; @return {@code ½ Σ max(…) / total} */
    public static double valueLoss(Tensor dvalues, Tensor values, Tensor oldValues, Tensor returns, double clip, double total) {
        long n = values.elements();
        requireElements("dvalues", dvalues, n);
        requireElements("oldValues", oldValues, n);
        requireElements("returns", returns, n);
        return TrainingKernels.valueLoss(CPU, floats(dvalues), floats(values), floats(oldValues), floats(returns), clip, total, n);
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
        Packed.requireOffsets(offsets, n);
        TrainingKernels.advantages(CPU, floats(advantages), floats(returns), floats(rewards), floats(values), discounts.segment(), lambda,
                indices(offsets, offsets.elements()), offsets.elements() - 1);
    }

    /** {@code (x - mean) / (deviation + 1e-8)} in place; the mean is added again unless {@code shiftMean}. */
    public static void whiten(Tensor x, boolean shiftMean) {
        TrainingKernels.whiten(CPU, floats(x), shiftMean, x.elements());
    }

    /** Σ x², right to 2 in a million. */
    public static double squaredNorm(Tensor x) {
        return TrainingKernels.squaredNorm(CPU, floats(x), x.elements());
    }

    /** One step of {@link AdamW} with the gradient scaled first. @param step from 1 */
    public static void adamw(Tensor values, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamW.Settings settings,
            double learningRate, double gradientScale, long step) {
        long n = values.elements();
        requireElements("gradient", gradient, n);
        requireElements("firstMoment", firstMoment, n);
        requireElements("secondMoment", secondMoment, n);
        TrainingKernels.adamw(CPU, floats(values), floats(gradient), floats(firstMoment), floats(secondMoment),
                new TrainingKernels.AdamW(learningRate, settings.beta1(), settings.beta2(), settings.epsilon(), settings.weightDecay(),
                        gradientScale, step), n);
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

    private static MemorySegment indicesOrNull(Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : indices(tensor, tensor.elements());
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
