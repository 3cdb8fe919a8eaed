package org.drllava.model;

import org.drllava.model.LlavaConfig.Vision;
import org.drllava.tensor.DType;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;

/** CLIP's vision transformer (arXiv 2103.00020) up to the hidden state that LLaVA takes its features from. */
public final class ClipVisionTower {
    private final LlavaConfig config;
    private final Vision vision;
    private final Weights weights;

    public ClipVisionTower(LlavaConfig config, Weights weights) {
        this.config = config;
        this.vision = config.vision();
        this.weights = weights;
    }

    /**
     * @param pixels [images, 3, side, side], normalised, in the model's dtype
     * @return [images, features, hidden]: the chosen layer's output, its class token dropped when the config says so
     */
    public Tensor forward(Tensor pixels) {
        long images = pixels.size(0);
        long d = vision.hiddenSize();
        long tokens = vision.patches() + 1;
        Tensor x = embed(pixels, images);
        x = layerNorm(Ops.view(x, images * tokens, d), "vision_tower.pre_layrnorm");
        for (int i = 0; i < config.visionLayersNeeded(); i++) {
            x = layer("vision_tower.encoder.layers." + i + ".", x, images, tokens);
        }
        x = Ops.view(x, images, tokens, d);
        return config.dropClassToken() ? Ops.slice(x, 1, 1, tokens) : x;
    }

    /** A convolution with stride = kernel is a product over cut-out patches. */
    private Tensor embed(Tensor pixels, long images) {
        long p = vision.patchSize();
        long side = vision.imageSize() / vision.patchSize();
        long d = vision.hiddenSize();
        Tensor cut = Ops.permute(Ops.view(pixels, images, 3, side, p, side, p), 0, 2, 4, 1, 3, 5);
        Tensor patches = Ops.reshape(cut, images * side * side, 3 * p * p);
        Tensor kernel = Ops.view(weights.get("vision_tower.embeddings.patch_embedding.weight"), d, 3 * p * p);
        Tensor embedded = Ops.view(Ops.linear(patches, kernel, null), images, side * side, d);
        Tensor classToken = Ops.expand(Ops.view(weights.get("vision_tower.embeddings.class_embedding"), 1, 1, d), images, 1, d);
        return Ops.add(Ops.cat(1, classToken, embedded), weights.get("vision_tower.embeddings.position_embedding.weight"));
    }

    private Tensor layer(String name, Tensor x, long images, long tokens) {
        Tensor h = layerNorm(x, name + "layer_norm1");
        Tensor q = byHead(linear(h, name + "self_attn.q_proj"), images, tokens);
        Tensor k = byHead(linear(h, name + "self_attn.k_proj"), images, tokens);
        Tensor v = byHead(linear(h, name + "self_attn.v_proj"), images, tokens);
        Tensor attended = Ops.permute(Ops.attention(q, k, v, null, false), 0, 2, 1, 3);
        x = Ops.add(x, linear(Ops.reshape(attended, images * tokens, vision.hiddenSize()), name + "self_attn.out_proj"));
        h = activate(linear(layerNorm(x, name + "layer_norm2"), name + "mlp.fc1"));
        return Ops.add(x, linear(h, name + "mlp.fc2"));
    }

    private Tensor activate(Tensor x) {
        return switch (vision.activation()) {
            case QUICK_GELU -> Ops.multiply(x, Ops.sigmoid(Ops.multiply(x, 1.702)));
            case GELU -> Ops.gelu(x);
            case GELU_TANH -> Ops.geluTanh(x);
        };
    }

    private Tensor byHead(Tensor x, long images, long tokens) {
        long head = vision.hiddenSize() / vision.heads();
        return Ops.permute(Ops.view(x, images, tokens, vision.heads(), head), 0, 2, 1, 3);
    }

    private Tensor linear(Tensor x, String name) {
        return Ops.linear(x, weights.get(name + ".weight"), weights.get(name + ".bias"));
    }

    private Tensor layerNorm(Tensor x, String name) {
        return Ops.layerNorm(x, weights.get(name + ".weight"), weights.get(name + ".bias"), vision.layerNormEps());
    }

    DType dtype() {
        return weights.get("vision_tower.embeddings.class_embedding").dtype();
    }
}
