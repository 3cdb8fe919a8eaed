package org.drllava.model;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;

/**
 * The LLaMA decoder (arXiv 2302.13971): RMSNorm before attention and feed-forward, rotary positions, grouped-query
 * attention, SwiGLU. Rows are tokens of any number of sequences; which sees which is the {@link AttentionPlan}'s business.
 */
final class Llama {
    /**
     * Up to this width, layers with the same input are joined into one product: the copy of the weights is small there, and
     * products this narrow spend a third of their time on laying out their input.
     */
    static final int WIDEST_JOINED = 256;

    private static final List<LlamaModule> ATTENTION_INPUTS = List.of(LlamaModule.Q, LlamaModule.K, LlamaModule.V);
    private static final List<LlamaModule> FEED_FORWARD_INPUTS = List.of(LlamaModule.GATE, LlamaModule.UP);

    /** @param joined weights of {@link #ATTENTION_INPUTS} and {@link #FEED_FORWARD_INPUTS} one above the other, or empty */
    private record Block(Tensor inputNorm, Tensor postNorm, Map<LlamaModule, Tensor> weights, Map<List<LlamaModule>, Tensor> joined) {}

    private final Text config;
    private final Tensor embeddings;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor norm;
    private final Tensor head;

    /** Joined weights belong to the innermost scope. */
    Llama(Text config, Weights weights) {
        this.config = config;
        embeddings = weights.get("language_model.embed_tokens.weight");
        for (int i = 0; i < config.layers(); i++) {
            String layer = "language_model.layers." + i + ".";
            Map<LlamaModule, Tensor> linear = new EnumMap<>(LlamaModule.class);
            for (LlamaModule module : LlamaModule.values()) {
                linear.put(module, weights.get(layer + module.path() + ".weight"));
            }
            blocks.add(new Block(weights.get(layer + "input_layernorm.weight"),
                    weights.get(layer + "post_attention_layernorm.weight"), linear, joined(linear)));
        }
        norm = weights.get("language_model.norm.weight");
        head = config.tiedEmbeddings() ? embeddings : weights.get("lm_head.weight");
    }

    private Map<List<LlamaModule>, Tensor> joined(Map<LlamaModule, Tensor> weights) {
        if (config.hiddenSize() > WIDEST_JOINED) {
            return Map.of();
        }
        Map<List<LlamaModule>, Tensor> joined = new HashMap<>();
        for (List<LlamaModule> modules : List.of(ATTENTION_INPUTS, FEED_FORWARD_INPUTS)) {
            joined.put(modules, Ops.cat(0, modules.stream().map(weights::get).toArray(Tensor[]::new)));
        }
        return joined;
    }

    Text config() {
        return config;
    }

    DType dtype() {
        return embeddings.dtype();
    }

    /** [vocabulary, hidden] */
    Tensor embeddings() {
        return embeddings;
    }

    /** @param ids int64 [rows]; @return [rows, hidden] */
    Tensor embed(Tensor ids) {
        return Ops.embedding(embeddings, ids);
    }

    /**
     * @param hidden  [rows, hidden] embeddings
     * @param plan    positions and who attends to whom, for these rows
     * @param adapter on all blocks, or null for the base alone
     * @return [rows, hidden] after the final norm
     */
    Tensor forward(Tensor hidden, AttentionPlan plan, LoraAdapter adapter) {
        hidden = blocks(blocks.size(), hidden, plan, adapter);
        return Ops.rmsNorm(hidden, norm, config.rmsNormEps());
    }

    /**
     * As {@link #forward}, for the rows chosen alone.
     *
     * @return [n, hidden] after the final norm
     */
    Tensor forward(Tensor hidden, AttentionPlan.Causal plan, LoraAdapter adapter, ChosenRows chosen) {
        int last = blocks.size() - 1;
        hidden = blocks(last, hidden, plan, adapter);
        Tensor x = Ops.rmsNorm(hidden, blocks.get(last).inputNorm(), config.rmsNormEps());
        List<Tensor> qkv = linears(last, ATTENTION_INPUTS, x, adapter);
        Tensor q = plan.rotary().select(chosen.rows()).apply(heads(Ops.indexSelect(qkv.get(0), 0, chosen.rows())));
        Tensor attended = plan.attend(chosen, q, plan.rotate(heads(qkv.get(1))), heads(qkv.get(2)));
        hidden = linear(last, LlamaModule.O, attended, Ops.indexSelect(hidden, 0, chosen.rows()), adapter);
        return Ops.rmsNorm(feedForward(last, hidden, adapter), norm, config.rmsNormEps());
    }

    /** Scores over the vocabulary in float32. @param hidden [rows, hidden] from {@link #forward}; @return [rows, vocabulary] */
    Tensor logits(Tensor hidden) {
        return Ops.to(Ops.linear(hidden, head, null), DType.FLOAT32);
    }

    /** The first {@code count} blocks. What a block needs besides its result is let go at once; autograd keeps what it wants. */
    private Tensor blocks(int count, Tensor hidden, AttentionPlan plan, LoraAdapter adapter) {
        for (int layer = 0; layer < count; layer++) {
            int number = layer;
            Tensor input = hidden;
            Tensor attended = TensorScope.scoped(() -> attention(number, input, plan, adapter));
            hidden = TensorScope.scoped(() -> feedForward(number, attended, adapter));
        }
        return hidden;
    }

    private Tensor attention(int layer, Tensor hidden, AttentionPlan plan, LoraAdapter adapter) {
        Block block = blocks.get(layer);
        Tensor x = Ops.rmsNorm(hidden, block.inputNorm(), config.rmsNormEps());
        List<Tensor> qkv = linears(layer, ATTENTION_INPUTS, x, adapter);
        Tensor attended = plan.attend(layer, plan.rotate(heads(qkv.get(0))), plan.rotate(heads(qkv.get(1))), heads(qkv.get(2)));
        return linear(layer, LlamaModule.O, attended, hidden, adapter);
    }

    private Tensor feedForward(int layer, Tensor hidden, LoraAdapter adapter) {
        Tensor x = Ops.rmsNorm(hidden, blocks.get(layer).postNorm(), config.rmsNormEps());
        List<Tensor> gateAndUp = linears(layer, FEED_FORWARD_INPUTS, x, adapter);
        Tensor gated = Ops.multiply(Ops.silu(gateAndUp.get(0)), gateAndUp.get(1));
        return linear(layer, LlamaModule.DOWN, gated, hidden, adapter);
    }

    /** [rows, heads * head] to [rows, heads, head] */
    private Tensor heads(Tensor x) {
        return Ops.view(x, x.size(0), x.size(1) / config.headSize(), config.headSize());
    }

    /** Several layers on the same input; one product where their weights are joined and no adapter stands between. */
    private List<Tensor> linears(int layer, List<LlamaModule> modules, Tensor x, LoraAdapter adapter) {
        Tensor joined = blocks.get(layer).joined().get(modules);
        if (joined != null && adapter == null) {
            return Ops.split(Ops.linear(x, joined, null), 1, modules.stream().mapToLong(m -> m.outputs(config)).toArray());
        }
        return modules.stream().map(module -> linear(layer, module, x, null, adapter)).toList();
    }

    /** {@code residual + W x + LoRA}; the sums ride on the products. */
    private Tensor linear(int layer, LlamaModule module, Tensor x, Tensor residual, LoraAdapter adapter) {
        Tensor base = Ops.linear(x, blocks.get(layer).weights().get(module), residual);
        LoraAdapter.Update update = adapter == null ? null : adapter.update(layer, module);
        return update == null ? base : LoraAdapter.apply(update, x, base);
    }
}
