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
    /** Weights of a block as a forward pass wants them. */
    record Block(Tensor inputNorm, Tensor postNorm, PackedWeight qkv, PackedWeight o, PackedWeight gateUp, PackedWeight down) {}

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
        for (int layer = 0; layer < blocks.size(); layer++) {
            Block block = blocks.get(layer);
            PackedRows looking = layer == blocks.size() - 1 ? looking(rows, wanted) : rows;
            Attend attend = attend(cache, layer, rows, looking);
            Tensor input = hidden;
            Tensor attended = TensorScope.scoped(() -> attention(block, input, rows, looking, attend, null));
            hidden = TensorScope.scoped(() -> feedForward(block, attended, null));
        }
        return normed(hidden, norm, null).tensor();
    }

    /** As {@link #forward} without a cache, and what the way back needs of it, all of it the innermost scope's. */
    PackedTape record(Tensor hidden, PackedRows rows, PackedRows wanted) {
        PackedTape tape = new PackedTape(rows, looking(rows, wanted));
        for (int layer = 0; layer < blocks.size(); layer++) {
            PackedTape.Layer saved = tape.next(hidden);
            PackedRows looking = layer == blocks.size() - 1 ? tape.wanted() : rows;
            Tensor attended = attention(blocks.get(layer), hidden, rows, looking, attend(null, layer, rows, looking), saved);
            hidden = feedForward(blocks.get(layer), attended, saved);
        }
        tape.finish(hidden, normed(hidden, norm, tape.inverse(hidden)).tensor());
        return tape;
    }

    private static PackedRows looking(PackedRows rows, PackedRows wanted) {
        return wanted.tokens().length == rows.tokens().length ? rows : wanted;
    }

    /** How queries meet keys. */
    private interface Attend {
        void run(Matrix out, Tensor logSumExp, Matrix queries, Matrix keys, Matrix values);
    }

    private Attend attend(PackedCache cache, int layer, PackedRows rows, PackedRows looking) {
        if (cache == null) {
            AttentionRows shape = looking == rows ? rows.attention() : looking.attention(rows);
            return (out, logSumExp, queries, keys, values) -> Fused.attention(out, logSumExp, queries, keys, values, shape, config.headSize());
        }
        return (out, _, queries, keys, values) -> {
            cache.layer(layer).append(keys, values, rows.sequences(), rows.positions());
            cache.layer(layer).attend(out, queries, looking.sequences(), looking.positions());
        };
    }

    /** The attention half of a block, for the rows that look. @param saved what is to be remembered, or null */
    private Tensor attention(Block block, Tensor hidden, PackedRows rows, PackedRows looking, Attend attend, PackedTape.Layer saved) {
        Matrix x = normed(hidden, block.inputNorm(), saved == null ? null : saved.inverse(hidden));
        Tensor joined = linear(block.qkv(), x, null);
        JoinedHeads qkv = JoinedHeads.of(config, joined);
        rotary.turn(qkv.turned(), rows.positions(), false);
        Tensor index = looking == rows ? null : looking.within(rows);
        Matrix queries = index == null ? qkv.queries() : Matrix.of(Ops.indexSelect(Ops.slice(joined, 1, 0, qkv.queries().columns()), 0, index));
        Matrix attended = Matrix.empty(queries.rows(), queries.columns());
        Tensor logSumExp = saved == null ? null : Tensors.empty(Device.CPU, DType.FLOAT32, queries.rows(), config.heads());
        attend.run(attended, logSumExp, queries, qkv.keys(), qkv.values());
        Tensor result = linear(block.o(), attended, index == null ? hidden : Ops.indexSelect(hidden, 0, index));
        if (saved != null) {
            saved.attention(index, joined, queries, attended, logSumExp, result);
        }
        return result;
    }

    private Tensor feedForward(Block block, Tensor hidden, PackedTape.Layer saved) {
        Matrix x = normed(hidden, block.postNorm(), saved == null ? null : saved.middleInverse(hidden));
        Tensor gateUp = linear(block.gateUp(), x, null);
        Matrix gated = Matrix.empty(gateUp.size(0), gateUp.size(1) / 2);
        Fused.swiGlu(gated, Matrix.of(gateUp));
        if (saved != null) {
            saved.feedForward(gateUp);
        }
        return linear(block.down(), gated, hidden);
    }

    /** Scores over the vocabulary. @param hidden [rows, hidden] from {@link #forward} */
    Tensor logits(Tensor hidden) {
        return linear(head, Matrix.of(Ops.contiguous(hidden)), null);
    }

    private Matrix normed(Tensor hidden, Tensor weight, Tensor inverse) {
        Matrix y = Matrix.empty(hidden.size(0), hidden.size(1));
        Fused.rmsNorm(y, Matrix.of(hidden), weight, config.rmsNormEps(), inverse);
        return y;
    }

    List<Block> blocks() {
        return blocks;
    }

    Tensor norm() {
        return norm;
    }

    private static Tensor linear(PackedWeight weight, Matrix x, Tensor residual) {
        Tensor y = Tensors.empty(Device.CPU, DType.FLOAT32, x.rows(), weight.outputs());
        Fused.linear(Matrix.of(y), x, weight, residual == null ? null : Matrix.of(residual));
        return y;
    }
}
