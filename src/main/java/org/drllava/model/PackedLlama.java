package org.drllava.model;

import java.util.ArrayList;
import java.util.List;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Fused;
import org.drllava.tensor.Matrix;
import org.drllava.tensor.Ops;
import org.drllava.tensor.PackedWeight;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * The decoder of {@link Llama} on the project's own kernels, for passes that are not recorded: float32 on the CPU, weights
 * laid out once, layers with the same input joined, an adapter added to the weights beforehand. Each row is computed on its
 * own and in a fixed order, so a token has the same bits alone and among others, up to its attention.
 */
final class PackedLlama implements Decoder {
    private record Block(Tensor inputNorm, Tensor postNorm, PackedWeight qkv, PackedWeight o, PackedWeight gateUp, PackedWeight down) {}

    private final Text config;
    private final Tensor embeddings;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor norm;
    private final PackedWeight head;

    /** The packed weights belong to the innermost scope; embeddings and norms are those of {@code weights}. */
    PackedLlama(Text config, Weights weights) {
        this.config = config;
        embeddings = weights.get("language_model.embed_tokens.weight");
        for (int i = 0; i < config.layers(); i++) {
            String layer = "language_model.layers." + i + ".";
            blocks.add(new Block(weights.get(layer + "input_layernorm.weight"), weights.get(layer + "post_attention_layernorm.weight"),
                    packed(weights, layer, LlamaModule.Q, LlamaModule.K, LlamaModule.V), packed(weights, layer, LlamaModule.O),
                    packed(weights, layer, LlamaModule.GATE, LlamaModule.UP), packed(weights, layer, LlamaModule.DOWN)));
        }
        norm = weights.get("language_model.norm.weight");
        head = PackedWeight.forward(() -> config.tiedEmbeddings() ? embeddings : weights.get("lm_head.weight"));
    }

    private static PackedWeight packed(Weights weights, String layer, LlamaModule... modules) {
        return PackedWeight.forward(() -> {
            Tensor[] parts = java.util.Arrays.stream(modules).map(module -> weights.get(layer + module.path() + ".weight")).toArray(Tensor[]::new);
            return parts.length == 1 ? parts[0] : Ops.cat(0, parts);
        });
    }

    @Override
    public Text config() {
        return config;
    }

    @Override
    public DType dtype() {
        return DType.FLOAT32;
    }

    @Override
    public Tensor embed(Tensor ids) {
        return Ops.embedding(embeddings, ids);
    }

    @Override
    public Tensor forward(Tensor hidden, AttentionPlan plan, LoraAdapter adapter) {
        require(adapter);
        return normed(blocks(blocks.size(), hidden, plan), norm);
    }

    @Override
    public Tensor forward(Tensor hidden, AttentionPlan.Causal plan, LoraAdapter adapter, ChosenRows chosen) {
        require(adapter);
        int last = blocks.size() - 1;
        Tensor before = blocks(last, hidden, plan);
        Tensor attended = TensorScope.scoped(() -> {
            Tensor qkv = queriesKeysValues(blocks.get(last), before, plan);
            return linear(blocks.get(last).o(), plan.attend(chosen, Ops.indexSelect(heads(qkv, 0, config.heads()), 0, chosen.rows()),
                    keys(qkv), values(qkv)), Ops.indexSelect(before, 0, chosen.rows()));
        });
        return normed(feedForward(blocks.get(last), attended), norm);
    }

    @Override
    public Tensor logits(Tensor hidden) {
        return linear(head, hidden, null);
    }

    private void require(LoraAdapter adapter) {
        if (adapter != null || Autograd.recording()) {
            throw new IllegalStateException("packed weights take no adapter besides the one they hold, and are not trained through");
        }
    }

    private Tensor blocks(int count, Tensor hidden, AttentionPlan plan) {
        for (int i = 0; i < count; i++) {
            int layer = i;
            Block block = blocks.get(i);
            Tensor input = hidden;
            Tensor attended = TensorScope.scoped(() -> {
                Tensor qkv = queriesKeysValues(block, input, plan);
                return linear(block.o(), plan.attend(layer, heads(qkv, 0, config.heads()), keys(qkv), values(qkv)), input);
            });
            hidden = feedForward(block, attended);
        }
        return hidden;
    }

    /** [rows, (heads + 2 kvHeads) * head], queries and keys turned to their positions. */
    private Tensor queriesKeysValues(Block block, Tensor hidden, AttentionPlan plan) {
        Tensor qkv = linear(block.qkv(), normed(hidden, block.inputNorm()), null);
        Matrix turned = Matrix.of(qkv).columns(0, (long) (config.heads() + config.kvHeads()) * config.headSize());
        plan.rotary().turn(turned);
        return qkv;
    }

    private Tensor keys(Tensor qkv) {
        return heads(qkv, config.heads(), config.kvHeads());
    }

    private Tensor values(Tensor qkv) {
        return heads(qkv, config.heads() + config.kvHeads(), config.kvHeads());
    }

    /** Some of the heads that lie side by side: [rows, count, head] */
    private Tensor heads(Tensor qkv, long first, long count) {
        long head = config.headSize();
        return Ops.view(Ops.slice(qkv, 1, first * head, (first + count) * head), qkv.size(0), count, head);
    }

    private Tensor feedForward(Block block, Tensor hidden) {
        return TensorScope.scoped(() -> {
            Tensor gateUp = linear(block.gateUp(), normed(hidden, block.postNorm()), null);
            Matrix gated = Matrix.empty(gateUp.size(0), gateUp.size(1) / 2);
            Fused.swiGlu(gated, Matrix.of(gateUp));
            return linear(block.down(), gated, hidden);
        });
    }

    private Tensor normed(Tensor hidden, Tensor weight) {
        Tensor y = Tensors.empty(Device.CPU, DType.FLOAT32, hidden.shape());
        Fused.rmsNorm(Matrix.of(y), Matrix.of(hidden), weight, config.rmsNormEps(), null);
        return y;
    }

    private static Tensor linear(PackedWeight weight, Tensor x, Tensor residual) {
        return linear(weight, Matrix.of(Ops.contiguous(x)), residual);
    }

    private static Tensor linear(PackedWeight weight, Matrix x, Tensor residual) {
        Tensor y = Tensors.empty(Device.CPU, DType.FLOAT32, x.rows(), weight.outputs());
        Fused.linear(Matrix.of(y), x, weight, residual == null ? null : Matrix.of(residual));
        return y;
    }
}
