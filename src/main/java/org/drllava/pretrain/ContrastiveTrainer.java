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
import org.drllava.tensor.Descent;
import org.drllava.tensor.LearningRate;
import org.drllava.tensor.Loss;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Team;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Workers;

/**
 * Contrastive pre-training of a small vision tower, CLIP's part (arXiv 2103.00020) with the pairwise sigmoid loss of SigLIP
 * (arXiv 2303.15343): every picture meets every phrase; a picture's mean patch feature, projected to unit length, is to be
 * near the embeddings of the phrases in its caption and far from all others. Captions here are short lists from a fixed
 * set of phrases, so the text side is one embedding a phrase and all of them are compared in each step.
 */
public final class ContrastiveTrainer {
    /** @param batch pictures an optimiser step; @param unit pictures a forward pass; @param width of the common space */
    public record Settings(int batch, int unit, int width, LearningRate learningRate, AdamW.Settings optimizer, double maxNorm, long seed) {}

    /** @param loss of a picture, summed over phrases; @param accuracy share of picture and phrase pairs told right */
    public record Step(long step, double loss, double accuracy, double learningRate) {}

    private static final double FIRST_LOG_SCALE = Math.log(10);

    private final Settings settings;
    private final LlavaConfig config;
    private final CaptionedPictures pictures;
    private final ParameterArena arena;
    private final Descent descent;

    /** Parameters belong to the innermost scope. */
    public ContrastiveTrainer(Settings settings, LlavaConfig config, CaptionedPictures pictures, Workers workers) {
        this.settings = settings;
        this.config = config;
        this.pictures = pictures;
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>(ModelShapes.of(config));
        shapes.keySet().removeIf(name -> !name.startsWith("vision_tower."));
        shapes.put("picture.projection", new long[] {settings.width(), config.vision().hiddenSize()});
        shapes.put("phrases", new long[] {pictures.phrases(), settings.width()});
        shapes.put("log_scale.bias", new long[] {1});
        shapes.put("offset.bias", new long[] {pictures.phrases()});
        arena = new ParameterArena(Device.CPU, shapes);
        Initializer.fill(arena, config, settings.seed());
        arena.get("log_scale.bias").set(new float[] {(float) FIRST_LOG_SCALE});
        descent = new Descent(arena, settings.optimizer(), settings.maxNorm(), settings.batch() / settings.unit(), Team.alone(workers));
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

    private Step step(long step) {
        int count = settings.batch() / settings.unit();
        List<double[]> lossAndRight = descent.sum((unit, leaves) -> {
            Pairs pairs = draw(step * count + unit);
            Tensor similarity = similarity(leaves.byName(), pairs);
            Tensor belongs = Tensors.of(Device.CPU, pairs.belongs(), settings.unit(), pictures.phrases());
            // -log sigmoid of the similarity, or of its negative where phrase and picture do not belong together
            Tensor likelihood = Ops.log(Ops.sigmoid(Ops.multiply(similarity, belongs)));
            Loss loss = Loss.recorded(Ops.multiply(Ops.sum(likelihood), -1.0 / settings.batch()));
            float[] found = Ops.multiply(similarity, belongs).toFloats();
            int right = 0;
            for (float each : found) {
                right += each > 0 ? 1 : 0;
            }
            return new Descent.Result(loss, new double[] {loss.value(), right});
        }).statistics();
        double rate = settings.learningRate().at(step);
        descent.step(rate);
        return new Step(step + 1, lossAndRight.stream().mapToDouble(unit -> unit[0]).sum(),
                lossAndRight.stream().mapToDouble(unit -> unit[1]).sum() / ((long) settings.batch() * pictures.phrases()), rate);
    }

    /** @param pixels [unit, 3, side, side]; @param belongs [unit, phrases], 1 where the phrase is in the picture's caption, else -1 */
    private record Pairs(float[] pixels, float[] belongs) {}

    /** @param draw decides which pictures, and how they are turned */
    private Pairs draw(long draw) {
        SplittableRandom random = new SplittableRandom(settings.seed() * 0x9E3779B97F4A7C15L + draw);
        int side = config.vision().imageSize();
        int picture = 3 * side * side;
        float[] pixels = new float[settings.unit() * picture];
        float[] belongs = new float[settings.unit() * pictures.phrases()];
        java.util.Arrays.fill(belongs, -1);
        for (int i = 0; i < settings.unit(); i++) {
            int index = random.nextInt(pictures.size());
            System.arraycopy(pictures.pixels(index, random.nextInt(8)), 0, pixels, i * picture, picture);
            for (int phrase : pictures.caption(index)) {
                belongs[i * pictures.phrases() + phrase] = 1;
            }
        }
        return new Pairs(pixels, belongs);
    }

    /** [unit, phrases] */
    private Tensor similarity(Map<String, Tensor> weights, Pairs pairs) {
        int side = config.vision().imageSize();
        Tensor pixels = Tensors.of(Device.CPU, pairs.pixels(), settings.unit(), 3, side, side);
        Tensor features = new ClipVisionTower(config, weights::get).forward(pixels);
        Tensor picture = unitLength(Ops.linear(Ops.mean(features, 1), weights.get("picture.projection"), null));
        Tensor phrases = unitLength(weights.get("phrases"));
        Tensor scaled = Ops.multiply(Ops.linear(picture, phrases, null), Ops.exp(weights.get("log_scale.bias")));
        return Ops.add(scaled, weights.get("offset.bias"));
    }

    private static Tensor unitLength(Tensor x) {
        Tensor squares = Ops.add(Ops.sumLast(Ops.multiply(x, x)), Tensors.scalar(1e-12));
        return Ops.divide(x, Ops.view(Ops.sqrt(squares), x.size(0), 1));
    }
}
