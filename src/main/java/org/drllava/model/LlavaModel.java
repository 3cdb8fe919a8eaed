package org.drllava.model;

import org.drllava.common.InputException;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Fused;
import org.drllava.tensor.Ops;
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
    private final Decoder decoder;
    private final RotaryPositions rotary;

    /** The position tables belong to the innermost scope, which must not outlive the weights. */
    public LlavaModel(LlavaConfig config, Weights weights, Device device) {
        this(config, weights, new Llama(config.text(), weights), device, null);
    }

    private LlavaModel(LlavaConfig config, Weights weights, Decoder decoder, Device device, RotaryPositions rotary) {
        this.config = config;
        this.device = device;
        this.weights = weights;
        this.decoder = decoder;
        tower = new ClipVisionTower(config, weights);
        dtype = decoder.dtype();
        this.rotary = rotary != null ? rotary : new RotaryPositions(config.text(), maxPositions(), device, dtype);
    }

    /** The same model with other weights of the same dtype and device. */
    public LlavaModel withWeights(Weights others) {
        return new LlavaModel(config, others, new Llama(config.text(), others), device, rotary);
    }

    /** Whether {@link #packed} is to be had: float32 on a CPU for which this build has kernels. */
    boolean packs() {
        return device == Device.CPU && dtype == DType.FLOAT32 && Fused.available();
    }

    /**
     * The same model with its decoder packed for passes that are not recorded. The packed copy belongs to the innermost scope.
     *
     * @param adapter added to the decoder's weights, or null
     */
    LlavaModel packed(LoraAdapter adapter) {
        try (Autograd.Guard off = Autograd.off()) {
            return new LlavaModel(config, weights, new PackedLlama(config.text(), adapter == null ? weights : adapter.mergedWith(weights)), device, rotary);
        }
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
        return decoder.logits(hidden);
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
        return decoder.forward(embed(tokens, images), plan(tokens), adapter);
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
        return decoder.forward(embed(tokens, images), plan(tokens), adapter, ChosenRows.of(tokens, answers.rows(), device));
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
    public Tensor extend(KvCache cache, TokenBatch tokens, Tensor images, LoraAdapter adapter) {
        for (int row = 0; row < tokens.batch(); row++) {
            requirePositions(cache.length(row) + tokens.lengths()[row]);
        }
        KvCache.Step step = cache.append(tokens, rotary);
        return decoder.forward(embed(tokens, images), step, adapter);
    }

    private void requirePositions(int tokens) {
        if (tokens > maxPositions()) {
            throw new InputException("a sequence of " + tokens + " tokens is longer than the model's " + maxPositions()
                    + " positions (max_position_embeddings)");
        }
    }

    /** An empty cache for {@code batch} sequences of up to {@code capacity} tokens; it belongs to the innermost scope. */
    public KvCache newCache(int batch, int capacity) {
        return new KvCache(config.text(), batch, capacity, device, dtype);
    }

    /** [batch * time, hidden] */
    private Tensor embed(TokenBatch tokens, Tensor images) {
        int[] places = tokens.placesOf(config.imageTokenId());
        long features = images == null ? 0 : images.size(0) * images.size(1);
        if (places.length != features) {
            throw new InputException("the sequences have " + places.length + " image tokens where their images have "
                    + features + " features");
        }
        int[] ids = tokens.ids();
        if (places.length > 0) {
            // An image token is never embedded; the original LLaVA's even lies outside the vocabulary.
            ids = ids.clone();
            for (int place : places) {
                ids[place] = 0;
            }
        }
        for (int id : ids) {
            if (id < 0 || id >= config.text().vocabularySize()) {
                throw new InputException("token " + id + " lies outside the vocabulary of " + config.text().vocabularySize());
            }
        }
        Tensor embedded = decoder.embed(Tensors.of(device, ids, ids.length));
        if (places.length == 0) {
            return embedded;
        }
        return Ops.indexCopy(embedded, 0, Tensors.of(device, places, places.length),
                Ops.reshape(images, features, images.size(2)));
    }
}
