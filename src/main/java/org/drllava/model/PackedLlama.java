package org.drllava.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.AttentionRows;
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
 * laid out once, layers with the same input joined, an adapter added to the weights beforehand, no padding. Every token is
 * computed on its own and in a fixed order, so it has the same bits alone and among others, decoded or read at once.
 */
final class PackedLlama {
    private record Block(Tensor inputNorm, Tensor postNorm, PackedWeight qkv, PackedWeight o, PackedWeight gateUp, PackedWeight down) {}

    private final Text config;
    private final RotaryPositions rotary;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor norm;
    private final PackedWeight head;

    /** The packed weights belong to the innermost scope; norms are those of {@code weights}. */
    PackedLlama(Text config, Weights weights, RotaryPositions rotary) {
        this.config = config;
        this.rotary = rotary;
        for (int i = 0; i < config.layers(); i++) {
            String layer = "language_model.layers." + i + ".";
            blocks.add(new Block(weights.get(layer + "input_layernorm.weight"), weights.get(layer + "post_attention_layernorm.weight"),
                    packed(weights, layer, LlamaModule.Q, LlamaModule.K, LlamaModule.V), packed(weights, layer, LlamaModule.O),
                    packed(weights, layer, LlamaModule.GATE, LlamaModule.UP), packed(weights, layer, LlamaModule.DOWN)));
        }
        norm = weights.get("language_model.norm.weight");
        head = PackedWeight.forward(() -> weights.get(config.tiedEmbeddings() ? "language_model.embed_tokens.weight" : "lm_head.weight"));
    }

    private static PackedWeight packed(Weights weights, String layer, LlamaModule... modules) {
        return PackedWeight.forward(() -> {
            Tensor[] parts = Arrays.stream(modules).map(module -> weights.get(layer + module.path() + ".weight")).toArray(Tensor[]::new);
            return parts.length == 1 ? parts[0] : Ops.cat(0, parts);
        });
    }

    /**
     * The last hidden states of some tokens.
     *
     * @param hidden [rows, hidden] embeddings of {@code rows}
     * @param cache  what stands before them, to which they are added; or null where the rows are whole sequences
     * @param wanted the rows whose states are asked for, some or all of {@code rows}
     * @return [wanted, hidden] after the final norm
     */
    Tensor forward(Tensor hidden, PackedRows rows, PackedCache cache, PackedRows wanted) {
        boolean all = wanted.tokens().length == rows.tokens().length;
        for (int layer = 0; layer < blocks.size(); layer++) {
            boolean whole = all || layer < blocks.size() - 1;
            Block block = blocks.get(layer);
            Tensor input = hidden;
            CachedLayer keys = new CachedLayer(cache, layer);
            Tensor attended = TensorScope.scoped(() -> attention(block, input, rows, keys, whole ? rows : wanted));
            hidden = TensorScope.scoped(() -> feedForward(block, attended));
        }
        Tensor states = Tensors.empty(Device.CPU, DType.FLOAT32, hidden.shape());
        norm(Matrix.of(states), hidden, norm);
        return states;
    }

    private record CachedLayer(PackedCache cache, int layer) {}

    /** The attention half of a block, for the rows that look. */
    private Tensor attention(Block block, Tensor hidden, PackedRows rows, CachedLayer cached, PackedRows looking) {
        Tensor joined = linear(block.qkv(), normed(hidden, block.inputNorm()), null);
        Matrix qkv = Matrix.of(joined);
        long head = config.headSize();
        Matrix queries = qkv.columns(0, config.heads() * head);
        Matrix keys = qkv.columns(config.heads() * head, config.kvHeads() * head);
        Matrix values = qkv.columns((config.heads() + config.kvHeads()) * head, config.kvHeads() * head);
        rotary.turn(qkv.columns(0, (config.heads() + config.kvHeads()) * head), rows.positions());
        Tensor residual = hidden;
        AttentionRows shape = rows.attention();
        if (looking != rows) {
            Tensor index = looking.within(rows);
            queries = Matrix.of(Ops.indexSelect(Ops.slice(joined, 1, 0, queries.columns()), 0, index));
            residual = Ops.indexSelect(hidden, 0, index);
            shape = looking.attention(rows);
        }
        Matrix attended = Matrix.empty(queries.rows(), queries.columns());
        if (cached.cache() == null) {
            Fused.attention(attended, null, queries, keys, values, shape, (int) head);
        } else {
            cached.cache().layer(cached.layer()).append(keys, values, rows.sequences(), rows.positions());
            cached.cache().layer(cached.layer()).attend(attended, queries, looking.sequences(), looking.positions());
        }
        return linear(block.o(), attended, residual);
    }

    private Tensor feedForward(Block block, Tensor hidden) {
        Matrix gateUp = Matrix.of(linear(block.gateUp(), normed(hidden, block.postNorm()), null));
        Matrix gated = Matrix.empty(gateUp.rows(), gateUp.columns() / 2);
        Fused.swiGlu(gated, gateUp);
        return linear(block.down(), gated, hidden);
    }

    /** Scores over the vocabulary. @param hidden [rows, hidden] from {@link #forward} */
    Tensor logits(Tensor hidden) {
        return linear(head, Matrix.of(Ops.contiguous(hidden)), null);
    }

    private Matrix normed(Tensor hidden, Tensor weight) {
        Matrix y = Matrix.empty(hidden.size(0), hidden.size(1));
        norm(y, hidden, weight);
        return y;
    }

    private void norm(Matrix y, Tensor hidden, Tensor weight) {
        Fused.rmsNorm(y, Matrix.of(hidden), weight, config.rmsNormEps(), null);
    }

    private static Tensor linear(PackedWeight weight, Matrix x, Tensor residual) {
        Tensor y = Tensors.empty(Device.CPU, DType.FLOAT32, x.rows(), weight.outputs());
        Fused.linear(Matrix.of(y), x, weight, residual == null ? null : Matrix.of(residual));
        return y;
    }
}
