package org.drllava.pretrain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.drllava.model.ClipVisionTower;
import org.drllava.model.Initializer;
import org.drllava.model.LlavaConfig;
import org.drllava.model.ModelShapes;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.Device;
import org.drllava.tensor.GradientUnits;
import org.drllava.tensor.LearningRate;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Workers;

/**
 * Contrastive pre-training of a small vision tower, CLIP's part (arXiv 2103.00020): a picture's mean patch feature and its
 * caption's mean phrase embedding, each through a linear layer to unit length, are to find each other among the
 * {@code unit} pairs of a forward pass; the loss is the mean cross entropy of both directions.
 */
public final class ContrastiveTrainer {
    /** @param batch pairs an optimiser step; @param unit pairs that are told apart from each other; @param width of the common space */
    public record Settings(int batch, int unit, int width, LearningRate learningRate, AdamW.Settings optimizer, double maxNorm, long seed) {}

    /** @param accuracy share of pictures that find their own caption among the unit's */
    public record Step(long step, double loss, double accuracy, double learningRate) {}

    private static final double FIRST_SCALE = Math.log(1 / 0.07);

    private final Settings settings;
    private final LlavaConfig config;
    private final CaptionedPictures pictures;
    private final Workers workers;
    private final ParameterArena arena;
    private final GradientUnits units;
    private final AdamW optimizer;

    /** Parameters belong to the innermost scope. */
    public ContrastiveTrainer(Settings settings, LlavaConfig config, CaptionedPictures pictures, Workers workers) {
        this.settings = settings;
        this.config = config;
        this.pictures = pictures;
        this.workers = workers;
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>(ModelShapes.of(config));
        shapes.keySet().removeIf(name -> !name.startsWith("vision_tower."));
        shapes.put("picture.projection", new long[] {settings.width(), config.vision().hiddenSize()});
        shapes.put("caption.phrases", new long[] {pictures.phrases(), settings.width()});
        shapes.put("caption.projection", new long[] {settings.width(), settings.width()});
        shapes.put("scale.bias", new long[] {1});
        arena = new ParameterArena(Device.CPU, shapes);
        Initializer.fill(arena, config, settings.seed());
        arena.get("scale.bias").set(new float[] {(float) FIRST_SCALE});
        units = new GradientUnits(arena, settings.batch() / settings.unit());
        optimizer = new AdamW(arena.values(), settings.optimizer());
    }

    /** All steps. @return the tower's weights by canonical name, over this trainer's parameters */
    public Map<String, Tensor> run(Consumer<Step> onStep) {
        for (long step = 0; step < settings.learningRate().steps(); step++) {
            onStep.accept(step(step));
        }
        Map<String, Tensor> tower = new LinkedHashMap<>();
        arena.shapes().keySet().stream().filter(name -> name.startsWith("vision_tower.")).forEach(name -> tower.put(name, arena.get(name)));
        return tower;
    }

    private record Statistics(double loss, double right) {}

    private Step step(long step) {
        int count = settings.batch() / settings.unit();
        List<Statistics> statistics = units.accumulate(workers, count, (unit, leaves) -> {
            Tensor similarity = similarity(leaves.byName(), step * count + unit);
            Tensor own = Tensors.of(Device.CPU, java.util.stream.IntStream.range(0, settings.unit()).toArray(), settings.unit());
            Tensor both = Ops.add(Ops.crossEntropy(similarity, own), Ops.crossEntropy(Ops.transpose(similarity, 0, 1), own));
            Tensor loss = Ops.multiply(both, 0.5 / count);
            long[] found = Ops.argmax(similarity).toLongs();
            int right = 0;
            for (int i = 0; i < found.length; i++) {
                right += found[i] == i ? 1 : 0;
            }
            return new GradientUnits.Result<>(loss, new Statistics(loss.item(), right));
        });
        AdamW.clipNorm(units.gradient(), settings.maxNorm());
        double rate = settings.learningRate().at(step);
        optimizer.step(units.gradient(), rate);
        return new Step(step + 1, statistics.stream().mapToDouble(Statistics::loss).sum(),
                statistics.stream().mapToDouble(Statistics::right).sum() / settings.batch(), rate);
    }

    /** [unit, unit], pictures by captions. @param draw decides which pictures, and how they are turned */
    private Tensor similarity(Map<String, Tensor> weights, long draw) {
        SplittableRandom random = new SplittableRandom(settings.seed() * 0x9E3779B97F4A7C15L + draw);
        int n = settings.unit();
        int side = config.vision().imageSize();
        float[] pixels = new float[n * 3 * side * side];
        int[] phrases = new int[n * pictures.phrasesPerCaption()];
        for (int i = 0; i < n; i++) {
            int index = random.nextInt(pictures.size());
            float[] one = pictures.pixels(index, random.nextInt(8));
            System.arraycopy(one, 0, pixels, i * one.length, one.length);
            System.arraycopy(pictures.caption(index), 0, phrases, i * pictures.phrasesPerCaption(), pictures.phrasesPerCaption());
        }
        Tensor features = new ClipVisionTower(config, weights::get).forward(Tensors.of(Device.CPU, pixels, n, 3, side, side));
        Tensor picture = unitLength(Ops.linear(Ops.mean(features, 1), weights.get("picture.projection"), null));
        Tensor phrase = Ops.embedding(weights.get("caption.phrases"), Tensors.of(Device.CPU, phrases, n, pictures.phrasesPerCaption()));
        Tensor caption = unitLength(Ops.linear(Ops.mean(phrase, 1), weights.get("caption.projection"), null));
        return Ops.multiply(Ops.linear(picture, caption, null), Ops.exp(weights.get("scale.bias")));
    }

    private static Tensor unitLength(Tensor x) {
        Tensor squares = Ops.add(Ops.sumLast(Ops.multiply(x, x)), Tensors.scalar(1e-12));
        return Ops.divide(x, Ops.view(Ops.sqrt(squares), x.size(0), 1));
    }
}
