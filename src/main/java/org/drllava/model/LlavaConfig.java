package org.drllava.model;

/**
 * Sizes and settings of a LLaVA-1.5 model (arXiv 2310.03744): a CLIP vision tower, a projector, a LLaMA decoder.
 *
 * @param imageTokenId        the token that stands for one image feature in a sequence
 * @param visionFeatureLayer  which of the tower's hidden states are the features: 0 is the embeddings' output, i that of
 *                            layer i, negative counts from the last
 * @param dropClassToken      whether the tower's first feature is left out (strategy "default") or kept ("full")
 */
public record LlavaConfig(Vision vision, Projector projector, Text text, int imageTokenId, int visionFeatureLayer,
        boolean dropClassToken) {

    /** CLIP ViT. @param imageSize pixels a side; @param patchSize pixels a side */
    public record Vision(int hiddenSize, int intermediateSize, int layers, int heads, int imageSize, int patchSize,
            double layerNormEps, Activation activation) {
        public int patches() {
            int side = imageSize / patchSize;
            return side * side;
        }
    }

    /** LLaMA. @param headSize elements of one head; @param kvHeads heads of keys and values, a divisor of {@code heads} */
    public record Text(int hiddenSize, int intermediateSize, int layers, int heads, int kvHeads, int headSize, int vocabularySize,
            double rmsNormEps, double ropeTheta, boolean tiedEmbeddings, int maxPositions) {}

    LlavaConfig withProjector(Projector other) {
        return new LlavaConfig(vision, other, text, imageTokenId, visionFeatureLayer, dropClassToken);
    }

    /** From vision features to the decoder's embeddings. */
    public enum Projector {
        /** One linear layer: LLaVA-RLHF's 224-pixel model. */
        LINEAR,
        /** Linear, linear: transformers' LLaVA with {@code projector_hidden_act: linear}. */
        TWO_LINEAR,
        /** Linear, GELU, linear: LLaVA-1.5. */
        MLP
    }

    /** Activation functions of the vision tower. */
    public enum Activation { QUICK_GELU, GELU, GELU_TANH }

    /** Features an image becomes, each one position in the sequence. */
    public int imageFeatures() {
        return vision.patches() + (dropClassToken ? 0 : 1);
    }

    /** Layers of the tower that must run to get the features. */
    public int visionLayersNeeded() {
        return visionFeatureLayer < 0 ? vision.layers() + 1 + visionFeatureLayer : visionFeatureLayer;
    }
}
