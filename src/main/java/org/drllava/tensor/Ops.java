package org.drllava.tensor;

import java.util.ArrayList;
import java.util.List;
import org.drllava.bindings.libtorch.InternedString;
import org.drllava.bindings.libtorch.NativeTensor;
import org.drllava.bindings.libtorch.Operator;
import org.drllava.bindings.libtorch.OperatorCall;
import org.drllava.bindings.libtorch.TorchRuntime;

/**
 * ATen operators, as many as the trainer needs. Each allocates its result in the innermost {@link TensorScope}, follows
 * PyTorch's broadcasting and dtype rules, and is recorded by autograd unless {@link Autograd#off} is in force.
 */
public final class Ops {
    private static final Operator LINEAR = Operator.of("aten::linear");
    private static final Operator MATMUL = Operator.of("aten::matmul");
    private static final Operator MUL = Operator.of("aten::mul", "Tensor");
    private static final Operator MUL_IN_PLACE = Operator.of("aten::mul_", "Tensor");
    private static final Operator DIV = Operator.of("aten::div", "Tensor");
    private static final Operator EXP = Operator.of("aten::exp");
    private static final Operator LOG = Operator.of("aten::log");
    private static final Operator SQRT = Operator.of("aten::sqrt");
    private static final Operator NEG = Operator.of("aten::neg");
    private static final Operator MAXIMUM = Operator.of("aten::maximum");
    private static final Operator CLAMP = Operator.of("aten::clamp", "Tensor");
    private static final Operator SIGMOID = Operator.of("aten::sigmoid");
    private static final Operator SILU = Operator.of("aten::silu");
    private static final Operator GELU = Operator.of("aten::gelu");
    private static final Operator RMS_NORM = Operator.of("aten::rms_norm");
    private static final Operator LAYER_NORM = Operator.of("aten::layer_norm");
    private static final Operator ATTENTION = Operator.of("aten::scaled_dot_product_attention");
    private static final Operator LOG_SOFTMAX = Operator.of("aten::log_softmax", "int");
    private static final Operator SUM = Operator.of("aten::sum");
    private static final Operator SUM_DIM = Operator.of("aten::sum", "dim_IntList");
    private static final Operator MEAN_DIM = Operator.of("aten::mean", "dim");
    private static final Operator GATHER = Operator.of("aten::gather");
    private static final Operator INDEX_SELECT = Operator.of("aten::index_select");
    private static final Operator INDEX_COPY_IN_PLACE = Operator.of("aten::index_copy_");
    private static final Operator INDEX_COPY = Operator.of("aten::index_copy");
    private static final Operator EMBEDDING = Operator.of("aten::embedding");
    private static final Operator CROSS_ENTROPY = Operator.of("aten::cross_entropy_loss");
    private static final Operator ARGMAX = Operator.of("aten::argmax");
    private static final Operator SPLIT = Operator.of("aten::split_with_sizes");
    private static final Operator CAT = Operator.of("aten::cat");
    private static final Operator VIEW = Operator.of("aten::view");
    private static final Operator RESHAPE = Operator.of("aten::reshape");
    private static final Operator PERMUTE = Operator.of("aten::permute");
    private static final Operator TRANSPOSE = Operator.of("aten::transpose", "int");
    private static final Operator SLICE = Operator.of("aten::slice", "Tensor");
    private static final Operator EXPAND = Operator.of("aten::expand");
    private static final Operator ROLL = Operator.of("aten::roll");
    private static final Operator CONTIGUOUS = Operator.of("aten::contiguous");
    private static final Operator TO_DTYPE = Operator.of("aten::to", "dtype");
    private static final Operator TO_DEVICE = Operator.of("aten::to", "device");
    private static final Operator COPY = Operator.of("aten::copy_");
    private static final Operator DETACH = Operator.of("aten::detach");
    private static final Operator DOT = Operator.of("aten::dot");
    private static final InternedString EXACT = InternedString.of("none");
    private static final InternedString TANH = InternedString.of("tanh");

    private Ops() {}

    // Products ---------------------------------------------------------------------------------------------------------

    /**
     * {@code x Wᵀ + bias}.
     *
     * @param x      [rows, in]
     * @param weight [out, in]
     * @param bias   [out], or a whole matrix [rows, out] to add, or null
     * @return [rows, out]
     */
    public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        return adopt(OperatorCall.of(LINEAR).tensor(x.handle()).tensor(weight.handle())
                .optionalTensor(Tensor.handleOrNull(bias)).call());
    }

    public static Tensor matmul(Tensor a, Tensor b) {
        return binary(MATMUL, a, b);
    }

    /** Inner product of two vectors of one dtype. */
    public static Tensor dot(Tensor a, Tensor b) {
        return binary(DOT, a, b);
    }

    /**
     * Softmax(q kᵀ / √head + mask) v.
     *
     * @param q      [batch, heads, queries, head]
     * @param k      [batch, kvHeads, keys, head]; kvHeads divides heads
     * @param v      as k
     * @param mask   bool, broadcasts to [batch, heads, queries, keys], true where a key may be seen; null for all
     * @param causal a query sees the keys up to its own place; then mask is null
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal) {
        return adopt(OperatorCall.of(ATTENTION).tensor(q.handle()).tensor(k.handle()).tensor(v.handle())
                .optionalTensor(Tensor.handleOrNull(mask)).real(0).bool(causal).none().bool(q.size(1) != k.size(1)).call());
    }

    // Elementwise ------------------------------------------------------------------------------------------------------

    public static Tensor add(Tensor a, Tensor b) {
        return subtractScaled(a, b, -1);
    }

    public static Tensor subtract(Tensor a, Tensor b) {
        return subtractScaled(a, b, 1);
    }

    /** {@code a - factor * b}. */
    public static Tensor subtractScaled(Tensor a, Tensor b, double factor) {
        return adopt(TorchRuntime.subtract(a.handle(), b.handle(), factor));
    }

    public static Tensor multiply(Tensor a, Tensor b) {
        return binary(MUL, a, b);
    }

    public static Tensor multiply(Tensor a, double factor) {
        return multiply(a, Tensors.scalar(factor));
    }

    /** {@code a *= b}, not recorded. */
    public static void multiplyInPlace(Tensor a, Tensor b) {
        binary(MUL_IN_PLACE, a, b);
    }

    public static Tensor divide(Tensor a, Tensor b) {
        return binary(DIV, a, b);
    }

    public static Tensor exp(Tensor x) {
        return unary(EXP, x);
    }

    public static Tensor log(Tensor x) {
        return unary(LOG, x);
    }

    public static Tensor sqrt(Tensor x) {
        return unary(SQRT, x);
    }

    public static Tensor negate(Tensor x) {
        return unary(NEG, x);
    }

    public static Tensor maximum(Tensor a, Tensor b) {
        return binary(MAXIMUM, a, b);
    }

    /** Elementwise {@code min(max(x, low), high)} with tensors as bounds. */
    public static Tensor clamp(Tensor x, Tensor low, Tensor high) {
        return adopt(OperatorCall.of(CLAMP).tensor(x.handle()).optionalTensor(Tensor.handleOrNull(low))
                .optionalTensor(Tensor.handleOrNull(high)).call());
    }

    public static Tensor sigmoid(Tensor x) {
        return unary(SIGMOID, x);
    }

    public static Tensor silu(Tensor x) {
        return unary(SILU, x);
    }

    public static Tensor gelu(Tensor x) {
        return adopt(OperatorCall.of(GELU).tensor(x.handle()).string(EXACT).call());
    }

    public static Tensor geluTanh(Tensor x) {
        return adopt(OperatorCall.of(GELU).tensor(x.handle()).string(TANH).call());
    }

    // Normalisation, losses ----------------------------------------------------------------------------------------------

    /** {@code x / sqrt(mean(x²) + eps) * weight} over the last dimension. */
    public static Tensor rmsNorm(Tensor x, Tensor weight, double eps) {
        return adopt(OperatorCall.of(RMS_NORM).tensor(x.handle()).integers(x.size(-1)).optionalTensor(weight.handle())
                .optionalReal(eps).call());
    }

    /** Layer normalisation over the last dimension. */
    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
        return adopt(OperatorCall.of(LAYER_NORM).tensor(x.handle()).integers(x.size(-1)).optionalTensor(weight.handle())
                .optionalTensor(bias.handle()).real(eps).bool(false).call());
    }

    public static Tensor logSoftmax(Tensor x) {
        return adopt(OperatorCall.of(LOG_SOFTMAX).tensor(x.handle()).integer(-1).none().call());
    }

    /**
     * Mean over rows of {@code -log softmax(logits)[target]}.
     *
     * @param logits  [rows, classes]
     * @param targets int64 [rows]; a row with target -100 does not count
     */
    public static Tensor crossEntropy(Tensor logits, Tensor targets) {
        return adopt(OperatorCall.of(CROSS_ENTROPY).tensor(logits.handle()).tensor(targets.handle()).none().integer(1)
                .integer(-100).real(0).call());
    }

    // Reductions -------------------------------------------------------------------------------------------------------

    public static Tensor sum(Tensor x) {
        return adopt(OperatorCall.of(SUM).tensor(x.handle()).none().call());
    }

    /** Sum over the last dimension. */
    public static Tensor sumLast(Tensor x) {
        return adopt(OperatorCall.of(SUM_DIM).tensor(x.handle()).optionalIntegers(-1).bool(false).none().call());
    }

    /** Mean over dimension {@code d}, which disappears. */
    public static Tensor mean(Tensor x, int d) {
        return adopt(OperatorCall.of(MEAN_DIM).tensor(x.handle()).optionalIntegers(d).bool(false).none().call());
    }

    /** Index of the largest element of the last dimension, the first of equals. */
    public static Tensor argmax(Tensor x) {
        return adopt(OperatorCall.of(ARGMAX).tensor(x.handle()).optionalInteger(-1).bool(false).call());
    }

    // Selecting and joining ----------------------------------------------------------------------------------------------

    /** {@code out[i][j] = x[i][index[i][j]]}. */
    public static Tensor gatherLast(Tensor x, Tensor index) {
        return adopt(OperatorCall.of(GATHER).tensor(x.handle()).integer(x.dimensions() - 1).tensor(index.handle())
                .bool(false).call());
    }

    /** The slices of dimension {@code d} that {@code index} (int64 [n]) names. */
    public static Tensor indexSelect(Tensor x, int d, Tensor index) {
        return adopt(OperatorCall.of(INDEX_SELECT).tensor(x.handle()).integer(d).tensor(index.handle()).call());
    }

    /** A copy of {@code x} whose slices {@code index} (int64 [n]) of dimension {@code d} are those of {@code source}. */
    public static Tensor indexCopy(Tensor x, int d, Tensor index, Tensor source) {
        return adopt(OperatorCall.of(INDEX_COPY).tensor(x.handle()).integer(d).tensor(index.handle())
                .tensor(source.handle()).call());
    }

    /** As {@link #indexCopy}, written into {@code x}. */
    public static void indexCopyInPlace(Tensor x, int d, Tensor index, Tensor source) {
        OperatorCall.of(INDEX_COPY_IN_PLACE).tensor(x.handle()).integer(d).tensor(index.handle()).tensor(source.handle())
                .call().close();
    }

    /** Rows of {@code weight} [n, width] by int64 {@code ids} of any shape. */
    public static Tensor embedding(Tensor weight, Tensor ids) {
        return adopt(OperatorCall.of(EMBEDDING).tensor(weight.handle()).tensor(ids.handle()).integer(-1).bool(false)
                .bool(false).call());
    }

    public static Tensor cat(int d, Tensor... parts) {
        NativeTensor[] handles = new NativeTensor[parts.length];
        for (int i = 0; i < parts.length; i++) {
            handles[i] = parts[i].handle();
        }
        return adopt(OperatorCall.of(CAT).tensors(handles).integer(d).call());
    }

    /** Consecutive parts of dimension {@code d} with these sizes, without a copy. */
    public static List<Tensor> split(Tensor x, int d, long... sizes) {
        List<Tensor> parts = new ArrayList<>(sizes.length);
        for (NativeTensor part : OperatorCall.of(SPLIT).tensor(x.handle()).integers(sizes).integer(d).callForList()) {
            parts.add(adopt(part));
        }
        return parts;
    }

    // Shape, memory ----------------------------------------------------------------------------------------------------

    /** The same elements under another shape, without a copy; one size may be -1. */
    public static Tensor view(Tensor x, long... shape) {
        return adopt(OperatorCall.of(VIEW).tensor(x.handle()).integers(shape).call());
    }

    /** As {@link #view}, with a copy where the memory order asks for one. */
    public static Tensor reshape(Tensor x, long... shape) {
        return adopt(OperatorCall.of(RESHAPE).tensor(x.handle()).integers(shape).call());
    }

    public static Tensor permute(Tensor x, long... order) {
        return adopt(OperatorCall.of(PERMUTE).tensor(x.handle()).integers(order).call());
    }

    public static Tensor transpose(Tensor x, int a, int b) {
        return adopt(OperatorCall.of(TRANSPOSE).tensor(x.handle()).integer(a).integer(b).call());
    }

    /** Elements {@code from} (inclusive) to {@code to} (exclusive) of dimension {@code d}, without a copy. */
    public static Tensor slice(Tensor x, int d, long from, long to) {
        return adopt(OperatorCall.of(SLICE).tensor(x.handle()).integer(d).optionalInteger(from).optionalInteger(to)
                .integer(1).call());
    }

    public static Tensor expand(Tensor x, long... shape) {
        return adopt(OperatorCall.of(EXPAND).tensor(x.handle()).integers(shape).bool(false).call());
    }

    /** Rotates the last dimension by {@code shift} places. */
    public static Tensor rollLast(Tensor x, long shift) {
        return adopt(OperatorCall.of(ROLL).tensor(x.handle()).integers(shift).integers(-1).call());
    }

    public static Tensor contiguous(Tensor x) {
        return adopt(OperatorCall.of(CONTIGUOUS).tensor(x.handle()).integer(0).call());
    }

    /** {@code x} itself when it has that dtype. */
    public static Tensor to(Tensor x, DType dtype) {
        if (x.dtype() == dtype) {
            return x;
        }
        return adopt(OperatorCall.of(TO_DTYPE).tensor(x.handle()).integer(dtype.scalarType()).bool(false).bool(false)
                .none().call());
    }

    /** {@code x} itself when it is there. */
    public static Tensor to(Tensor x, Device device) {
        if (x.device().equals(device)) {
            return x;
        }
        return adopt(OperatorCall.of(TO_DEVICE).tensor(x.handle()).device(device.type(), device.ordinal())
                .integer(x.dtype().scalarType()).bool(false).bool(false).none().call());
    }

    /** Whatever works on {@code x} has then done so. */
    static Tensor toHost(Tensor x, DType dtype) {
        Kernels.settle(x.device());
        return contiguous(to(to(x, dtype), Device.CPU));
    }

    /** Copies {@code source}'s elements into {@code target}, converting dtype and device. Not recorded. */
    public static void copyInto(Tensor target, Tensor source) {
        OperatorCall.of(COPY).tensor(target.handle()).tensor(source.handle()).bool(false).call().close();
    }

    /** The same elements, cut off from the recorded graph. */
    public static Tensor detach(Tensor x) {
        return unary(DETACH, x);
    }

    private static Tensor unary(Operator operator, Tensor x) {
        return adopt(OperatorCall.of(operator).tensor(x.handle()).call());
    }

    private static Tensor binary(Operator operator, Tensor a, Tensor b) {
        return adopt(OperatorCall.of(operator).tensor(a.handle()).tensor(b.handle()).call());
    }

    private static Tensor adopt(NativeTensor handle) {
        return Tensors.adopt(handle);
    }
}
