package org.drllava.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.PackedWeight;
import org.drllava.tensor.Products;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/** Low-rank updates of joined layers, a part each, laid out for the project's own kernels; always float32. */
final class PackedUpdate {
    /** @param name in {@link LoraAdapter#shapes}, without its ending; null where the layer has no update and the part is zeros */
    private record Part(String name, long rows, PackedWeight back) {}

    private final long rank;
    private final double scale;
    private final List<Part> parts;
    private final PackedWeight a;
    private final PackedWeight aBack;
    private final PackedWeight b;
    private final Tensor ends;
    private final Tensor end;

    private PackedUpdate(long rank, double scale, List<Part> parts, Tensor joinedA, List<Tensor> b, boolean trained, boolean merged) {
        this.rank = rank;
        this.scale = scale;
        this.parts = parts;
        a = PackedWeight.of(joinedA, DType.FLOAT32);
        aBack = trained && !merged ? PackedWeight.transposed(joinedA, DType.FLOAT32) : null;
        this.b = merged ? null : PackedWeight.of(PackedWeight.joined(b), DType.FLOAT32);
        long[] places = new long[parts.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = (i == 0 ? 0 : places[i - 1]) + parts.get(i).rows();
        }
        ends = Tensors.of(joinedA.device(), places, places.length);
        end = Tensors.of(joinedA.device(), new long[] {joinedA.size(1)}, 1);
    }

    /**
     * The updates of some modules of a block, or null when it has none. They belong to the innermost scope.
     *
     * @param trained whether {@link #lowBack} and {@link #write} are wanted
     * @param merged  whether the weights hold the updates already, so that {@link #forward} and {@link #back} are not
     */
    static PackedUpdate of(Text config, LoraAdapter adapter, int layer, List<LlamaModule> modules, boolean trained, boolean merged) {
        if (modules.stream().allMatch(module -> adapter.update(layer, module) == null)) {
            return null;
        }
        long rank = adapter.rank();
        double scale = 0;
        List<Part> parts = new ArrayList<>();
        List<Tensor> as = new ArrayList<>();
        List<Tensor> bs = new ArrayList<>();
        for (LlamaModule module : modules) {
            LoraAdapter.Update update = adapter.update(layer, module);
            as.add(update != null ? update.a() : zeros(adapter, rank, module.inputs(config)));
            bs.add(update != null ? update.b() : zeros(adapter, module.outputs(config), rank));
            scale = update != null ? update.scale() : scale;
            parts.add(new Part(update == null ? null : LoraAdapter.moduleName(layer, module), module.outputs(config),
                    trained ? PackedWeight.transposed(bs.getLast(), DType.FLOAT32) : null));
        }
        return new PackedUpdate(rank, scale, parts, Ops.cat(0, as.toArray(Tensor[]::new)), bs, trained, merged);
    }

    /** {@code y = x W' + scale B (A x) + residual}. @param residual or null */
    Tensor forward(Tensor x, PackedWeight weight, Tensor residual) {
        Tensor y = empty(x, weight.out());
        try (TensorScope scope = TensorScope.open()) {
            forward(Columns.of(y), Columns.of(x), weight, residual == null ? null : Columns.of(residual), Columns.of(empty(x, lowWidth())));
        }
        return y;
    }

    /** The same into {@code y}. @param low [rows, {@link #lowWidth}] to work in */
    void forward(Columns y, Columns x, PackedWeight weight, Columns residual, Columns low) {
        Products.linear(low, x, a, null, scale);
        Products.linearLora(y, x, weight, low, b, ends, residual);
    }

    /** Columns of {@code scale A x} of all parts. */
    long lowWidth() {
        return a.out();
    }

    /** {@code scale A x} of each part: [rows, parts · rank] */
    private Tensor low(Tensor x) {
        Tensor low = empty(x, a.out());
        Products.linear(Columns.of(low), Columns.of(x), a, null, scale);
        return low;
    }

    /** {@code scale Bᵀ dy} of each part: [rows, parts · rank]. @param dy [rows, out] */
    Tensor lowBack(Tensor dy) {
        Tensor low = empty(dy, parts.size() * rank);
        long from = 0;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            Products.linear(new Columns(low, i * rank, rank), new Columns(dy, from, part.rows()), part.back(), null, scale);
            from += part.rows();
        }
        return low;
    }

    /** The gradient of x in {@link #forward}. @param low of {@link #lowBack} */
    Tensor back(Tensor dy, Tensor low, PackedWeight weight) {
        Tensor dx = empty(dy, weight.out());
        Products.linearLora(Columns.of(dx), Columns.of(dy), weight, Columns.of(low), aBack, end, null);
        return dx;
    }

    /** Writes {@code dA = (scale dY B)ᵀ X} and {@code dB = dYᵀ (scale X Aᵀ)}. @param low of {@link #lowBack}; @param gradients by name */
    void write(Tensor x, Tensor dy, Tensor low, Map<String, Tensor> gradients) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor there = low(x);
            long from = 0;
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i);
                if (part.name() != null) {
                    Products.weightGradient(Columns.of(gradients.get(part.name() + ".lora_B")), new Columns(dy, from, part.rows()),
                            new Columns(there, i * rank, rank), 1, false);
                    Products.weightGradient(Columns.of(gradients.get(part.name() + ".lora_A")), new Columns(low, i * rank, rank),
                            Columns.of(x), 1, false);
                }
                from += part.rows();
            }
        }
    }

    private static Tensor zeros(LoraAdapter adapter, long rows, long columns) {
        return Tensors.zeros(adapter.device(), DType.FLOAT32, rows, columns);
    }

    private static Tensor empty(Tensor beside, long columns) {
        return Tensors.empty(beside.device(), DType.FLOAT32, beside.size(0), columns);
    }
}
