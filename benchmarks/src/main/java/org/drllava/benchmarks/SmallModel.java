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

/** A random model, usually of 60 million parameters, and conversations about pictures, as in {@code drllava bench ppo}. */
public record SmallModel(LlavaModel model) {
    public static final int END = 2;
    public static final int ANSWER = 24;
    private static final int PREFIX = 41;
    private static final int QUESTION = 20;
    private static final int FIRST_WORD = 10;
    private static final int WORDS = 31_950;

    public static final LlavaConfig CONFIG = new LlavaConfig(
            new LlavaConfig.Vision(256, 1024, 6, 4, 112, 14, 1e-5, LlavaConfig.Activation.QUICK_GELU), LlavaConfig.Projector.MLP,
            new LlavaConfig.Text(512, 1376, 8, 8, 8, 64, 32_064, 1e-5, 10_000, false, 2048), 32_000, -2, true);

    /** It belongs to the innermost scope. @param dtype of the weights */
    static SmallModel make(DType dtype) {
        return make(CONFIG, dtype, Device.CPU);
    }

    /** The same weights on every device. */
    public static SmallModel make(LlavaConfig config, DType dtype, Device device) {
        ParameterArena arena = new ParameterArena(Device.CPU, ModelShapes.of(config));
        Initializer.fill(arena, config, 7);
        SequencedMap<String, Tensor> weights = arena.byName();
        weights.replaceAll((_, weight) -> Ops.to(Ops.to(weight, dtype), device));
        return new SmallModel(new LlavaModel(config, weights::get, device));
    }

    /** Conversation {@code number}: a text, 64 features of a picture and the first question, then the other questions. */
    public Dialogue dialogue(int number, int turns) {
        SplittableRandom random = new SplittableRandom(number);
        LlavaConfig config = model.config();
        IntStream picture = IntStream.range(0, config.imageFeatures()).map(_ -> config.imageTokenId());
        int[] opening = IntStream.concat(IntStream.concat(words(random, PREFIX), picture), words(random, QUESTION)).toArray();
        List<int[]> followUps = IntStream.range(1, turns).mapToObj(_ -> words(random, QUESTION - 1).toArray()).toList();
        return new Dialogue(number, opening, followUps);
    }

    private IntStream words(SplittableRandom random, int count) {
        return IntStream.of(random.ints(count, FIRST_WORD, Math.min(WORDS, model.config().imageTokenId())).toArray());
    }

    /** [images, features, vision hidden] */
    static long[] features(int images) {
        return new long[] {images, CONFIG.imageFeatures(), CONFIG.vision().hiddenSize()};
    }
}
