package org.drllava.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Device;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;

/** How likely a model finds the tokens of sequences that are there already. */
public final class SequenceLogprobs {
    /** Most numbers of a [tokens, vocabulary] block; three such blocks of float32, 64 MiB each, are in memory at once. */
    private static final int BLOCK = 1 << 24;

    private SequenceLogprobs() {}

    /**
     * {@code log softmax(logits at t - 1)[token t]} of every token but a sequence's first.
     *
     * @param sequences image tokens repeated once a feature; one image or none in each
     * @param pixels    [images, 3, side, side], row-major: of the sequences that have one, in their order
     * @return for each sequence [length], float32; 0 for the first token and for an image token outside of the vocabulary
     */
    public static List<float[]> of(Network network, List<int[]> sequences, float[] pixels) {
        try (Autograd.Guard off = Autograd.off(); TensorScope scope = TensorScope.open()) {
            LlavaModel model = network.model();
            TokenBatch batch = TokenBatch.of(sequences);
            Tensor hidden = model.hidden(batch, images(model, pixels), network.adapter());
            List<boolean[]> known = sequences.stream().map(sequence -> inVocabulary(sequence, model.config().text().vocabularySize())).toList();
            return unflatten(flat(model, hidden, AnswerRows.of(batch, known)), known);
        }
    }

    private static Tensor images(LlavaModel model, float[] pixels) {
        if (pixels.length == 0) {
            return null;
        }
        long side = model.config().vision().imageSize();
        long images = pixels.length / (3 * side * side);
        return model.project(model.visionFeatures(Tensors.of(Device.CPU, pixels, images, 3, side, side)));
    }

    private static boolean[] inVocabulary(int[] sequence, int vocabularySize) {
        boolean[] known = new boolean[sequence.length];
        for (int t = 1; t < sequence.length; t++) {
            known[t] = sequence[t] >= 0 && sequence[t] < vocabularySize;
        }
        return known;
    }

    private static float[] flat(LlavaModel model, Tensor hidden, AnswerRows all) {
        float[] logprobs = new float[all.count()];
        int block = Math.max(1, BLOCK / model.config().text().vocabularySize());
        for (int from = 0; from < logprobs.length; from += block) {
            int to = Math.min(from + block, logprobs.length);
            AnswerRows part = new AnswerRows(Arrays.copyOfRange(all.rows(), from, to), Arrays.copyOfRange(all.targets(), from, to));
            try (TensorScope scope = TensorScope.open()) {
                System.arraycopy(TokenScores.logprobs(model, TokenScores.rows(model, hidden, part), part, 1).toFloats(), 0, logprobs, from, to - from);
            }
        }
        return logprobs;
    }

    private static List<float[]> unflatten(float[] flat, List<boolean[]> known) {
        List<float[]> logprobs = new ArrayList<>();
        int next = 0;
        for (boolean[] flags : known) {
            float[] row = new float[flags.length];
            for (int t = 0; t < row.length; t++) {
                row[t] = flags[t] ? flat[next++] : 0;
            }
            logprobs.add(row);
        }
        return logprobs;
    }
}
