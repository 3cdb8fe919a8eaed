package org.drllava.model;

import java.util.ArrayList;
import java.util.List;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Attention;
import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Layers;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/**
 * The decoder of {@link Llama} on the project's own kernels, for passes that are not recorded: weights laid out once on a
 * CPU and as they are on a GPU, layers with the same input joined, no padding. Products are in the weights' precision, which
 * keys and values are kept in too, all else is float32. On a CPU every token is computed on its own and in a fixed order, so it
 * has the same bits alone and among others, decoded or read at once.
 */
final class PackedLlama {
    /** A block's norms and layers, those with the same input joined. */
    record Block(Tensor inputNorm, Tensor postNorm, PackedLayer qkv, PackedLayer o, PackedLayer gateUp, PackedLayer down) {}

    private final Text config;
    private final RotaryPositions rotary;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor norm;
    private final DType precision;

    /**
     * What the adapter adds belongs to the innermost scope.
     *
     * @param adapter or null
     * @param merged  whether {@code weights} hold the adapter already
     */
    PackedLlama(Text config, PackedWeights weights, RotaryPositions rotary, LoraAdapter adapter, boolean merged) {
        this.config = config;
        this.rotary = rotary;
        for (int i = 0; i < config.layers(); i++) {
            PackedWeights.Block block = weights.blocks().get(i);
            blocks.add(new Block(block.inputNorm(), block.postNorm(), PackedLayer.of(config, block.qkv(), i, adapter, merged),
                    PackedLayer.of(config, block.o(), i, adapter, merged), PackedLayer.of(config, block.gateUp(), i, adapter, merged),
                    PackedLayer.of(config, block.down(), i, adapter, merged)));
        }
        norm = weights.norm();
        precision = weights.precision();
    }

    /** An empty cache for {@link #forward}; it belongs to the innermost scope. */
    PackedCache newCache(Device device, int batch, int capacity) {
        return new PackedCache(config, device, batch, capacity, precision);
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
        return normed(hidden, norm, null);
    }

    /**
     * As {@link #forward} without a cache, and what the way back needs of it, all of it the innermost scope's.
     *
     * @param inputsOnly whether of each block only the input is kept, from which {@link #again} computes the rest
     */
    PackedTape record(Tensor hidden, PackedRows rows, PackedRows wanted, boolean inputsOnly) {
        PackedTape tape = new PackedTape(rows, looking(rows, wanted));
        for (int layer = 0; layer < blocks.size(); layer++) {
            int number = layer;
            Tensor input = hidden;
            PackedTape.Layer saved = tape.next(input);
            hidden = inputsOnly ? TensorScope.scoped(() -> block(number, tape, new PackedTape.Layer(input))) : block(number, tape, saved);
        }
        tape.finish(hidden, normed(hidden, norm, tape.inverse(hidden)));
        return tape;
    }

    private Tensor block(int layer, PackedTape tape, PackedTape.Layer saved) {
        return feedForward(blocks.get(layer), attention(layer, tape, saved), saved);
    }

    private Tensor attention(int layer, PackedTape tape, PackedTape.Layer saved) {
        PackedRows looking = tape.looking(layer == blocks.size() - 1);
        return attention(blocks.get(layer), saved.input(), tape.rows(), looking, attend(null, layer, tape.rows(), looking), saved);
    }

    /** What the way back through a block needs, whose input alone was kept. It belongs to the innermost scope. */
    PackedTape.Layer again(int layer, PackedTape tape) {
        PackedTape.Layer saved = new PackedTape.Layer(tape.layers().get(layer).input());
        gates(blocks.get(layer), attention(layer, tape, saved), saved);
        return saved;
    }

    private static PackedRows looking(PackedRows rows, PackedRows wanted) {
        return wanted.tokens().length == rows.tokens().length ? rows : wanted;
    }

    /** How queries meet keys. */
    private interface Attend {
        void run(Columns out, Tensor logSumExp, Columns queries, Columns keys, Columns values);
    }

    private Attend attend(PackedCache cache, int layer, PackedRows rows, PackedRows looking) {
        if (cache == null) {
            Attention.Packed shape = looking == rows ? rows.attention() : looking.attention(rows);
            return (out, logSumExp, queries, keys, values) -> {
                if (precision == DType.BFLOAT16) { // as a cache keeps them
                    Layers.round(keys);
                    Layers.round(values);
                }
                Attention.forward(out, logSumExp, queries, keys, values, shape, config.headSize());
            };
        }
        return (out, _, queries, keys, values) -> {
            cache.layer(layer).append(keys, values, rows.sequences(), rows.positions());
            cache.layer(layer).attend(out, queries, looking.sequences(), looking.positions());
        };
    }

    /** The attention half of a block, for the rows that look. @param saved what is to be remembered, or null */
    private Tensor attention(Block block, Tensor hidden, PackedRows rows, PackedRows looking, Attend attend, PackedTape.Layer saved) {
        Tensor joined = block.qkv().forward(normed(hidden, block.inputNorm(), saved == null ? null : saved.inverse(hidden)), null);
        JoinedHeads qkv = JoinedHeads.of(config, joined);
        rotary.turn(qkv.turned(), rows.positions(), false);
        Tensor index = looking == rows ? null : looking.within(rows);
        Columns queries = index == null ? qkv.queries()
                : Columns.of(Ops.contiguous(Ops.indexSelect(Ops.slice(joined, 1, 0, qkv.queries().count()), 0, index)));
        Tensor attended = empty(hidden, queries.rows(), queries.count());
        Tensor logSumExp = saved == null ? null : empty(hidden, queries.rows(), config.heads());
        attend.run(Columns.of(attended), logSumExp, queries, qkv.keys(), qkv.values());
        Tensor result = block.o().forward(attended, index == null ? hidden : Ops.indexSelect(hidden, 0, index));
        if (saved != null) {
            saved.attention(index, joined, queries, attended, logSumExp, result);
        }
        return result;
    }

    private Tensor feedForward(Block block, Tensor hidden, PackedTape.Layer saved) {
        Tensor gateUp = gates(block, hidden, saved);
        long inner = gateUp.size(1) / 2;
        Tensor gated = empty(gateUp, gateUp.size(0), inner);
        Layers.swiglu(Columns.of(gated), new Columns(gateUp, 0, inner), new Columns(gateUp, inner, inner));
        return block.down().forward(gated, hidden);
    }

    private Tensor gates(Block block, Tensor hidden, PackedTape.Layer saved) {
        Tensor x = normed(hidden, block.postNorm(), saved == null ? null : saved.middleInverse(hidden));
        Tensor gateUp = block.gateUp().forward(x, null);
        if (saved != null) {
            saved.feedForward(gateUp);
        }
        return gateUp;
    }

    private Tensor normed(Tensor hidden, Tensor weight, Tensor inverse) {
        Tensor y = empty(hidden, hidden.size(0), hidden.size(1));
        Layers.rmsNorm(Columns.of(y), Columns.of(hidden), weight, config.rmsNormEps(), inverse);
        return y;
    }

    List<Block> blocks() {
        return blocks;
    }

    Tensor norm() {
        return norm;
    }

    private static Tensor empty(Tensor beside, long rows, long columns) {
        return Tensors.empty(beside.device(), DType.FLOAT32, rows, columns);
    }
}
