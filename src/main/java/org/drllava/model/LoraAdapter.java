package org.drllava.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;

/**
 * Low-rank updates of the decoder's linear layers (LoRA, arXiv 2106.09685): {@code y = W x + (alpha / r) B (A x)}.
 * The base stays as it is, so several adapters share it.
 */
public final class LoraAdapter {
    /** @param a [r, in]; @param b [out, r]; @param scale alpha / r */
    record Update(Tensor a, Tensor b, double scale) {}

    private final Map<String, Update> byModule;

    private LoraAdapter(Map<String, Update> byModule) {
        this.byModule = byModule;
    }

    /** @param rank r; @param alpha numerator of the scale */
    public record Settings(int rank, double alpha) {
        public double scale() {
            return alpha / rank;
        }
    }

    /**
     * Shapes of an adapter on every linear layer, named {@code MODULE.lora_A} [r, in] and {@code MODULE.lora_B} [out, r]
     * with MODULE as PEFT names it: {@code model.language_model.layers.0.self_attn.q_proj}.
     */
    public static SequencedMap<String, long[]> shapes(Text text, Settings settings) {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        for (int layer = 0; layer < text.layers(); layer++) {
            for (LlamaModule module : LlamaModule.values()) {
                String name = moduleName(layer, module);
                shapes.put(name + ".lora_A", new long[] {settings.rank(), module.inputs(text)});
                shapes.put(name + ".lora_B", new long[] {module.outputs(text), settings.rank()});
            }
        }
        return shapes;
    }

    /** An adapter over tensors named as {@link #shapes} does; layers without a pair stay as the base has them. */
    public static LoraAdapter of(Map<String, Tensor> tensors, double scale) {
        Map<String, Update> byModule = new LinkedHashMap<>();
        for (var entry : tensors.entrySet()) {
            String name = entry.getKey();
            if (name.endsWith(".lora_A")) {
                String module = name.substring(0, name.length() - ".lora_A".length());
                byModule.put(module, new Update(entry.getValue(), tensors.get(module + ".lora_B"), scale));
            }
        }
        return new LoraAdapter(byModule);
    }

    static String moduleName(int layer, LlamaModule module) {
        return "model.language_model.layers." + layer + "." + module.path();
    }

    /** r, the same on all layers. */
    int rank() {
        return byModule.isEmpty() ? 1 : (int) byModule.values().iterator().next().a().size(0);
    }

    /** Of an adapter that has updates. */
    Device device() {
        return byModule.values().iterator().next().a().device();
    }

    /** {@code W + scale B A} for the layers that have an update, the other weights as they are. */
    Weights mergedWith(Weights base) {
        return name -> {
            Update update = byModule.get("model." + name.replaceFirst("\\.weight$", ""));
            Tensor weight = base.get(name);
            if (update == null) {
                return weight;
            }
            Tensor change = Ops.matmul(Ops.to(update.b(), weight.dtype()), Ops.to(update.a(), weight.dtype()));
            return Ops.subtractScaled(weight, change, -update.scale());
        };
    }

    /** The update of one linear layer, or null. */
    Update update(int layer, LlamaModule module) {
        return byModule.get(moduleName(layer, module));
    }

    /**
     * {@code base + scale B (A x)} where {@code base} [rows, out] is the frozen layer's output (residual included). The sum
     * rides on the second product as its bias, so it costs no pass over memory of its own.
     */
    static Tensor apply(Update update, Tensor x, Tensor base) {
        DType dtype = x.dtype();
        Tensor low = Ops.multiply(Ops.linear(x, Ops.to(update.a(), dtype), null), update.scale());
        return Ops.linear(low, Ops.to(update.b(), dtype), base);
    }
}
