package org.drllava.model;

import java.util.Map;
import java.util.stream.IntStream;
import org.drllava.common.InputException;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Sampler;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/**
 * LLaVA: image features take the places of the image tokens in the decoder's input (arXiv 2304.08485, 2310.03744). Holds
 * no weights of its own, so one set of weights can serve several threads.
 */
public final class LlavaModel {
    /** Longer tables than this would cost memory that no sequence here needs. */
    private static final int MOST_POSITIONS = 16_384;

    private final LlavaConfig config;
    private final Device device;
    private final DType dtype;
    private final Weights weights;
    private final ClipVisionTower tower;
    private final Llama llama;
    private final PackedLlama packed; // null where nothing is packed
    private final PackedHead head; // likewise, or prepared for it
    private final PackedWeights prepared; // null where an adapter is added to the weights before they are packed
    private final boolean recomputes; // of a recorded packed pass only the blocks' inputs are kept
    private final RotaryPositions rotary;

    /** The position tables belong to the innermost scope, which must not outlive the weights. */
    public LlavaModel(LlavaConfig config, Weights weights, Device device) {
        this(config, weights, new Llama(config.text(), weights), device, null, null, null, null, false);
    }

    private LlavaModel(LlavaConfig config, Weights weights, Llama llama, Device device, RotaryPositions rotary, PackedLlama packed,
            PackedHead head, PackedWeights prepared, boolean recomputes) {
        this.config = config;
        this.device = device;
        this.weights = weights;
        this.llama = llama;
        this.packed = packed;
        this.head = head;
        this.prepared = prepared;
        this.recomputes = recomputes;
        tower = new ClipVisionTower(config, weights);
        dtype = llama.dtype();
        this.rotary = rotary != null ? rotary : new RotaryPositions(config.text(), maxPositions(), device, dtype);
    }

    /** The same model with other weights of the same dtype and device. */
    public LlavaModel withWeights(Weights others) {
        return new LlavaModel(config, others, new Llama(config.text(), others), device, rotary, null, null, null, recomputes);
    }

    /** The same model with an adapter added to its weights. */
    LlavaModel merged(LoraAdapter adapter) {
        Weights others = adapter.mergedWith(weights);
        return new LlavaModel(config, others, new Llama(config.text(), others), device, rotary, null, head, null, recomputes);
    }

    /**
     * The same model, of whose passes through {@link Passes#adapted} only the blocks' inputs are kept: activation checkpointing (arXiv
     * 1604.06174). A way back takes most of a forward pass more, and a tenth of the memory.
     *
     * @throws InputException where the project's own kernels cannot be had
     */
    public LlavaModel recomputing() {
        if (!packs()) {
            throw new InputException("activations are recomputed by the project's own kernels, which this model does not run on: they take float32 or"
                    + " bfloat16, and here they are: " + Kernels.description(device));
        }
        return new LlavaModel(config, weights, llama, device, rotary, packed, head, prepared, true);
    }

    /** Whether {@link #packed} is to be had: float32 or bfloat16 on a device for which this build has kernels. */
    public boolean packs() {
        return (dtype == DType.FLOAT32 || dtype == DType.BFLOAT16) && Kernels.available(device);
    }

    /**
     * The same model with what stays frozen laid out beforehand, for many steps with adapters of this rank. It belongs to the
     * innermost scope.
     */
    LlavaModel prepared(int rank) {
        if (!packs() || head != null) {
            return this;
        }
        return new LlavaModel(config, weights, llama, device, rotary, null, PackedHead.of(config.text(), weights, dtype, true),
                Network.merges(this, rank) ? null : PackedWeights.of(config.text(), weights, dtype, true), recomputes);
    }

    /**
     * The same model with its decoder packed for passes that are not recorded. What was not {@link #prepared} belongs to the
     * innermost scope.
     *
     * @param adapter or null
     */
    LlavaModel packed(LoraAdapter adapter) {
        return packed(adapter, false);
    }

    /** As {@link #packed}, for {@link #record} and {@link #back}. */
    LlavaModel packedForTraining(LoraAdapter adapter) {
        return packed(adapter, true);
    }

    private LlavaModel packed(LoraAdapter adapter, boolean trained) {
        try (Autograd.Guard off = Autograd.off()) {
            boolean merged = adapter != null && prepared == null && Network.merges(this, adapter.rank());
            PackedWeights frozen = prepared != null ? prepared
                    : PackedWeights.of(config.text(), merged ? adapter.mergedWith(weights) : weights, dtype, trained);
            PackedHead scorer = head != null ? head : PackedHead.of(config.text(), weights, dtype, trained);
            PackedLlama decoder = new PackedLlama(config.text(), frozen, rotary, merged && !trained ? null : adapter, merged);
            return new LlavaModel(config, weights, llama, device, rotary, decoder, scorer, null, recomputes);
        }
    }

    /** What scores the states of a {@link #packed} model; null in others. */
    PackedHead packedHead() {
        return packed == null ? null : head;
    }

    /** The weights it runs on. */
    public Weights weights() {
        return weights;
    }

    public LlavaConfig config() {
        return config;
    }

    public Device device() {
        return device;
    }

    public DType dtype() {
        return dtype;
    }

    /** Scores over the vocabulary in float32. @param hidden [rows, hidden] from {@link #hidden}; @return [rows, vocabulary] */
    public Tensor logits(Tensor hidden) {
        return packed != null ? head.logits(hidden) : llama.logits(hidden);
    }

    /** Tokens a sequence may have, image features included. */
    public int maxPositions() {
        return Math.min(config.text().maxPositions(), MOST_POSITIONS);
    }

    /** @param pixels float32 [images, 3, side, side], normalised; @return [images, features, vision hidden] */
    public Tensor visionFeatures(Tensor pixels) {
        return tower.forward(Ops.to(Ops.to(pixels, device), dtype));
    }

    /** @param features [images, features, vision hidden]; @return [images, features, hidden]: what stands for image tokens */
    public Tensor project(Tensor features) {
        long images = features.size(0);
        long perImage = features.size(1);
        Tensor x = Ops.reshape(features, images * perImage, features.size(2));
        Tensor first = projection(x, "linear_1");
        Tensor projected = switch (config.projector()) {
            case LINEAR -> first;
            case TWO_LINEAR -> projection(first, "linear_2");
            case MLP -> projection(Ops.gelu(first), "linear_2");
        };
        return Ops.view(projected, images, perImage, projected.size(1));
    }

    private Tensor projection(Tensor x, String layer) {
        String name = "multi_modal_projector." + layer;
        return Ops.linear(x, weights.get(name + ".weight"), weights.get(name + ".bias"));
    }

    /**
     * The decoder's last hidden states of whole sequences.
     *
     * @param tokens  image tokens repeated once a feature, all features of an image in one row
     * @param images  [n, features, hidden] from {@link #project}: the images of the rows in the order in which they
     *                occur; null when no row has one
     * @param adapter or null for the base alone
     * @return [batch * time, hidden], after the final norm; rows of padding mean nothing
     */
    public Tensor hidden(TokenBatch tokens, Tensor images, LoraAdapter adapter) {
        if (packed != null) {
            PackedRows all = packedRows(tokens, new int[tokens.batch()], adapter);
            return onGrid(tokens, all, packed.forward(rows(tokens, all, images), all, null, all));
        }
        return llama.forward(embed(tokens, images), plan(tokens), adapter);
    }

    /**
     * The hidden states that predict answers, and no others: what {@link #hidden} gives at {@code answers.rows()}, for less.
     *
     * @return [n, hidden], after the final norm
     */
    public Tensor answerStates(TokenBatch tokens, Tensor images, LoraAdapter adapter, AnswerRows answers) {
        if (answers.count() == 0) {
            return TokenScores.rows(this, hidden(tokens, images, adapter), answers);
        }
        if (packed != null) {
            PackedRows all = packedRows(tokens, new int[tokens.batch()], adapter);
            return packed.forward(rows(tokens, all, images), all, null, PackedRows.of(device, tokens, new int[tokens.batch()], answers.rows()));
        }
        return llama.forward(embed(tokens, images), plan(tokens), adapter, ChosenRows.of(tokens, answers.rows(), device));
    }

    /** {@link #answerStates} of a packed model, and what {@link #back} needs of it. */
    PackedTape record(TokenBatch tokens, Tensor images, AnswerRows answers) {
        int[] starts = new int[tokens.batch()];
        PackedRows all = packedRows(tokens, starts, null);
        return packed.record(rows(tokens, all, images), all, PackedRows.of(device, tokens, starts, answers.rows()), recomputes);
    }

    /** The way back from a recorded pass. @param dStates [answers, hidden]; @param gradients where the packed adapter's go, by name */
    void back(PackedTape tape, Tensor dStates, Map<String, Tensor> gradients) {
        new PackedBackward(config.text(), packed, rotary).run(tape, dStates, gradients);
    }

    private AttentionPlan.Causal plan(TokenBatch tokens) {
        requirePositions(tokens.time());
        int[] positions = new int[tokens.ids().length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i % tokens.time();
        }
        return new AttentionPlan.Causal(tokens.batch(), tokens.time(), rotary.rows(Tensors.of(device, positions, positions.length)));
    }

    /**
     * The decoder's hidden states of tokens that follow those in {@code cache}; the cache grows by them.
     *
     * @param tokens one row a row of the cache; a row of length 0 waits
     * @return [batch * time, hidden], after the final norm
     */
    public Tensor extend(TokenCache cache, TokenBatch tokens, Tensor images, LoraAdapter adapter) {
        return switch (cache) {
            case KvCache plain -> {
                requireRoom(cache, tokens);
                KvCache.Step step = plain.append(tokens, rotary);
                yield llama.forward(embed(tokens, images), step, adapter);
            }
            case PackedCache own -> {
                PackedRows all = packedRows(tokens, own.lengths().all(), adapter);
                yield onGrid(tokens, all, grow(own, tokens, images, all, all));
            }
        };
    }

    /**
     * As {@link #extend}, for the last new token of each row alone: what the next token is drawn from.
     *
     * @return [n, hidden], of the n rows that have tokens
     */
    public Tensor advance(TokenCache cache, TokenBatch tokens, Tensor images, LoraAdapter adapter) {
        int[] last = IntStream.range(0, tokens.batch()).filter(row -> tokens.lengths()[row] > 0)
                .map(row -> row * tokens.time() + tokens.lengths()[row] - 1).toArray();
        return switch (cache) {
            case KvCache _ -> Ops.indexSelect(extend(cache, tokens, images, adapter), 0, Tensors.of(device, last, last.length));
            case PackedCache own -> {
                int[] starts = own.lengths().all();
                yield grow(own, tokens, images, packedRows(tokens, starts, adapter), PackedRows.of(device, tokens, starts, last));
            }
        };
    }

    /**
     * What decodes with {@code cache} a token of each row at a time where that is recorded once and replayed, which is on a GPU; null
     * elsewhere. It belongs to the innermost scope.
     *
     * @param conversations a number for each row
     */
    public DecodeStep decodeStep(TokenCache cache, Sampler.Choice choice, long[] conversations) {
        return cache instanceof PackedCache own && Kernels.onGpu(device)
                ? new DecodeStep(this, packed, head, rotary, llama.embeddings(), own, choice, conversations) : null;
    }

    private Tensor grow(PackedCache cache, TokenBatch tokens, Tensor images, PackedRows all, PackedRows wanted) {
        requireRoom(cache, tokens);
        cache.lengths().grow(tokens.lengths());
        return packed.forward(rows(tokens, all, images), all, cache, wanted);
    }

    private void requireRoom(TokenCache cache, TokenBatch tokens) {
        for (int row = 0; row < tokens.batch(); row++) {
            requirePositions(cache.length(row) + tokens.lengths()[row]);
        }
    }

    private PackedRows packedRows(TokenBatch tokens, int[] starts, LoraAdapter adapter) {
        if (adapter != null || Autograd.recording()) {
            throw new IllegalStateException("packed weights take no adapter besides the one they hold, and are not trained through");
        }
        requirePositions(tokens.time());
        return PackedRows.of(device, tokens, starts);
    }

    /** [batch * time, hidden], zero where padded */
    private Tensor onGrid(TokenBatch tokens, PackedRows rows, Tensor states) {
        Tensor grid = Tensors.zeros(device, DType.FLOAT32, tokens.ids().length, config.text().hiddenSize());
        Ops.indexCopyInPlace(grid, 0, Tensors.of(device, rows.tokens(), rows.tokens().length), states);
        return grid;
    }

    void requirePositions(int tokens) {
        if (tokens > maxPositions()) {
            throw new InputException("a sequence of " + tokens + " tokens is longer than the model's " + maxPositions()
                    + " positions (max_position_embeddings)");
        }
    }

    /** An empty cache for {@code batch} sequences of up to {@code capacity} tokens; it belongs to the innermost scope. */
    public TokenCache newCache(int batch, int capacity) {
        return packed != null ? packed.newCache(device, batch, capacity) : new KvCache(config.text(), batch, capacity, device, dtype);
    }

    /** [batch * time, hidden] */
    private Tensor embed(TokenBatch tokens, Tensor images) {
        return embed(tokens.ids(), tokens.placesOf(config.imageTokenId()), images);
    }

    /** float32 [rows, hidden], the embeddings of the tokens of these rows alone */
    private Tensor rows(TokenBatch tokens, PackedRows rows, Tensor images) {
        int[] ids = IntStream.of(rows.tokens()).map(place -> tokens.ids()[place]).toArray();
        int[] imagePlaces = IntStream.range(0, ids.length).filter(i -> ids[i] == config.imageTokenId()).toArray();
        return Ops.to(embed(ids, imagePlaces, images), DType.FLOAT32);
    }

    /** @param imagePlaces where in {@code tokens} features stand, ascending */
    private Tensor embed(int[] tokens, int[] imagePlaces, Tensor images) {
        long features = images == null ? 0 : images.size(0) * images.size(1);
        if (imagePlaces.length != features) {
            throw new InputException("the sequences have " + imagePlaces.length + " image tokens where their images have "
                    + features + " features");
        }
        int[] ids = tokens;
        if (imagePlaces.length > 0) {
            // An image token is never embedded; the original LLaVA's even lies outside the vocabulary.
            ids = ids.clone();
            for (int place : imagePlaces) {
                ids[place] = 0;
            }
        }
        for (int id : ids) {
            if (id < 0 || id >= config.text().vocabularySize()) {
                throw new InputException("token " + id + " lies outside the vocabulary of " + config.text().vocabularySize());
            }
        }
        Tensor embedded = llama.embed(Tensors.of(device, ids, ids.length));
        if (imagePlaces.length == 0) {
            return embedded;
        }
        return Ops.indexCopy(embedded, 0, Tensors.of(device, imagePlaces, imagePlaces.length),
                Ops.reshape(images, features, images.size(2)));
    }
}
