package org.drllava.model;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;

/**
 * The LLaMA decoder (arXiv 2302.13971): RMSNorm before attention and feed-forward, rotary positions, grouped-query
 * attention, SwiGLU. Rows are tokens of any number of sequences; which sees which is the {@link AttentionPlan}'s business.
 */
public final class Llama {
    private record Block(Tensor inputNorm, Tensor postNorm, Map<LlamaModule, Tensor> weights) {}

    private final Text config;
    private final Tensor embeddings;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor norm;
    private final Tensor head;

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
                    weights.get(layer + "post_attention_layernorm.weight"), linear));
        }
        norm = weights.get("language_model.norm.weight");
        head = config.tiedEmbeddings() ? embeddings : weights.get("lm_head.weight");
    }

    public Text config() {
        return config;
    }

    DType dtype() {
        return embeddings.dtype();
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
        for (int layer = 0; layer < blocks.size(); layer++) {
            hidden = block(layer, hidden, plan, adapter);
        }
        return Ops.rmsNorm(hidden, norm, config.rmsNormEps());
    }

    /** Scores over the vocabulary in float32. @param hidden [rows, hidden] from {@link #forward}; @return [rows, vocabulary] */
    public Tensor logits(Tensor hidden) {
        return Ops.to(Ops.linear(hidden, head, null), DType.FLOAT32);
    }

    private Tensor block(int layer, Tensor hidden, AttentionPlan plan, LoraAdapter adapter) {
        Block block = blocks.get(layer);
        long rows = hidden.size(0);
        Tensor x = Ops.rmsNorm(hidden, block.inputNorm(), config.rmsNormEps());
        Tensor q = heads(linear(layer, LlamaModule.Q, x, null, adapter), rows, config.heads());
        Tensor k = heads(linear(layer, LlamaModule.K, x, null, adapter), rows, config.kvHeads());
        Tensor v = heads(linear(layer, LlamaModule.V, x, null, adapter), rows, config.kvHeads());
        Tensor attended = plan.attend(layer, plan.rotate(q), plan.rotate(k), v);
        hidden = linear(layer, LlamaModule.O, attended, hidden, adapter);

        x = Ops.rmsNorm(hidden, block.postNorm(), config.rmsNormEps());
        Tensor gate = Ops.silu(linear(layer, LlamaModule.GATE, x, null, adapter));
        Tensor up = linear(layer, LlamaModule.UP, x, null, adapter);
        return linear(layer, LlamaModule.DOWN, Ops.multiply(gate, up), hidden, adapter);
    }

    private Tensor heads(Tensor x, long rows, int heads) {
        return Ops.view(x, rows, heads, config.headSize());
    }

    /** {@code residual + W x + LoRA}; the sums ride on the products. */
    private Tensor linear(int layer, LlamaModule module, Tensor x, Tensor residual, LoraAdapter adapter) {
        Tensor base = Ops.linear(x, blocks.get(layer).weights().get(module), residual);
        LoraAdapter.Update update = adapter == null ? null : adapter.update(layer, module);
        return update == null ? base : LoraAdapter.apply(update, x, base);
    }
}
