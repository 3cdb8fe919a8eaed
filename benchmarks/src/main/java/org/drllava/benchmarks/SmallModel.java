package org.drllava.benchmarks;

import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.drllava.model.Initializer;
import org.drllava.model.LlavaConfig;
import org.drllava.model.LlavaModel;
import org.drllava.model.ModelShapes;
import org.drllava.rollout.Dialogue;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;

/** A random model of 60 million parameters and conversations about pictures, as in {@code drllava bench ppo}. */
record SmallModel(LlavaModel model) {
    static final int END = 2;
    static final int ANSWER = 24;
    private static final int PREFIX = 41;
    private static final int QUESTION = 20;
    private static final int FIRST_WORD = 10;
    private static final int WORDS = 31_950;

    private static final LlavaConfig CONFIG = new LlavaConfig(
            new LlavaConfig.Vision(256, 1024, 6, 4, 112, 14, 1e-5, LlavaConfig.Activation.QUICK_GELU), LlavaConfig.Projector.MLP,
            new LlavaConfig.Text(512, 1376, 8, 8, 8, 64, 32_064, 1e-5, 10_000, false, 2048), 32_000, -2, true);

    /** It belongs to the innermost scope. @param dtype of the weights */
    static SmallModel make(DType dtype) {
        ParameterArena arena = new ParameterArena(Device.CPU, ModelShapes.of(CONFIG));
        Initializer.fill(arena, CONFIG, 7);
        SequencedMap<String, Tensor> weights = arena.byName();
        weights.replaceAll((_, weight) -> Ops.to(weight, dtype));
        return new SmallModel(new LlavaModel(CONFIG, weights::get, Device.CPU));
    }

    /** Conversation {@code number}: a text, 64 features of a picture and the first question, then the other questions. */
    Dialogue dialogue(int number, int turns) {
        SplittableRandom random = new SplittableRandom(number);
        IntStream picture = IntStream.range(0, CONFIG.imageFeatures()).map(_ -> CONFIG.imageTokenId());
        int[] opening = IntStream.concat(IntStream.concat(words(random, PREFIX), picture), words(random, QUESTION)).toArray();
        List<int[]> followUps = IntStream.range(1, turns).mapToObj(_ -> words(random, QUESTION - 1).toArray()).toList();
        return new Dialogue(number, opening, followUps);
    }

    private static IntStream words(SplittableRandom random, int count) {
        return IntStream.of(random.ints(count, FIRST_WORD, WORDS).toArray());
    }

    /** [images, features, vision hidden] */
    static long[] features(int images) {
        return new long[] {images, CONFIG.imageFeatures(), CONFIG.vision().hiddenSize()};
    }
}
