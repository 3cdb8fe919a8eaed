package org.drllava.sft;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.drllava.common.DivergedException;
import org.drllava.dataset.Batch;
import org.drllava.dataset.ImageFeatures;
import org.drllava.dataset.ShuffledEpochs;
import org.drllava.model.AnswerRows;
import org.drllava.model.Network;
import org.drllava.model.Passes;
import org.drllava.model.TokenBatch;
import org.drllava.model.TokenScores;
import org.drllava.model.Trainable;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Descent;
import org.drllava.tensor.HostMemory;
import org.drllava.tensor.Loss;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Team;

/**
 * Supervised fine-tuning: next-token loss on answers, warm-up and decay, gradient accumulation, evaluation on held-out
 * conversations while training, the best weights kept. Which conversations a step sees, and in which words, follows from the
 * seed and the step's number alone, so a resumed run goes on exactly as it would have.
 */
public final class SftTrainer {
    private final SftSettings settings;
    private final Trainable trainable;
    private final ImageFeatures images;
    private final ExampleSource training;
    private final List<SftExample> heldOut;
    private final Team team;
    private final Descent descent;
    private final SftProgress progress;
    private final ShuffledEpochs epochs;

    /** Parameters' gradients, the optimiser's state and what is laid out belong to the innermost scope. @param heldOut may be empty */
    public SftTrainer(SftSettings settings, Trainable trainable, ImageFeatures images, ExampleSource training,
            List<SftExample> heldOut, Team team) {
        this.settings = settings;
        this.trainable = trainable.prepared();
        this.images = images;
        this.training = training;
        this.heldOut = heldOut;
        Batch.requireShares(settings.batches(), team.ranks().size());
        this.team = team;
        descent = new Descent(trainable.arena(), settings.optimizer(), settings.maxNorm(), settings.units(), team);
        progress = new SftProgress();
        epochs = new ShuffledEpochs(training.size(), settings.seed() * 0x9E3779B97F4A7C15L);
    }

    /** Step, best loss and best weights so far: what a checkpoint holds beside parameters and optimiser. */
    public SftProgress progress() {
        return progress;
    }

    /** What is trained. */
    public Trainable trainable() {
        return trainable;
    }

    /** Parameters and optimiser. */
    public Descent descent() {
        return descent;
    }

    /** Whether the last step is done or patience has run out. */
    public boolean finished() {
        return progress.step() >= settings.learningRate().steps()
                || (settings.patience() > 0 && progress.evaluationsWithoutGain() >= settings.patience());
    }

    /** Trains to the end, then takes the weights with the lowest held-out loss, where there is one. */
    public void run(Consumer<SftStep> onStep) {
        while (!finished()) {
            onStep.accept(step());
        }
        takeBest();
    }

    /** Goes back to the weights with the lowest held-out loss, where there was an evaluation. */
    public void takeBest() {
        progress.restoreBest(trainable.arena().values());
    }

    /** One optimiser step. @throws DivergedException before anything changes, when loss or gradient is no number */
    public SftStep step() {
        long started = System.nanoTime();
        double collectives = team.ranks().secondsInside();
        long step = progress.step();
        team.ranks().phase("step " + (step + 1));
        List<SftExample> batch = batch(step);
        long answerTokens = batch.stream().mapToLong(SftTrainer::answerTokens).sum();
        Descent.Sum sum;
        try (TensorScope scope = TensorScope.open()) {
            Passes passes = trainable.passes();
            sum = descent.sum((unit, leaves) -> {
                Members members = Members.of(batch.subList(unit * settings.unit(), (unit + 1) * settings.unit()));
                var scores = passes.run(members.tokens(), images.select(members.images()), members.answers(), leaves).scores(1);
                Loss loss = SftLoss.of(scores.value().logprobs(), answerTokens);
                return new Descent.Result(loss, new double[] {loss.value()}, scores.below());
            });
        }
        double loss = total(sum.statistics());
        DivergedException.check("Step " + (step + 1), loss, sum.norm());
        double rate = settings.learningRate().at(step);
        descent.step(rate);
        long tokens = batch.stream().mapToLong(e -> e.tokens().length).sum();
        double seconds = (System.nanoTime() - started) / 1e9;
        progress.advance();
        Double heldOutLoss = null;
        if (settings.evaluateEvery() > 0 && progress.step() % settings.evaluateEvery() == 0 && !heldOut.isEmpty()) {
            heldOutLoss = heldOutLoss();
            progress.evaluated(heldOutLoss, trainable.arena().values());
        }
        return new SftStep(progress.step(), loss, heldOutLoss, rate, sum.norm(), tokens / seconds,
                team.ranks().secondsInside() - collectives, HostMemory.residentMib(), HostMemory.liveHandles());
    }

    /** Mean loss of an answer token over the held-out conversations. */
    public double heldOutLoss() {
        long answerTokens = heldOut.stream().mapToLong(SftTrainer::answerTokens).sum();
        int parts = (heldOut.size() + settings.unit() - 1) / settings.unit();
        try (TensorScope scope = TensorScope.open(); Autograd.Guard frozen = Autograd.off()) {
            Network network = trainable.frozen().packed();
            Team.Share mine = team.share(parts);
            return total(team.gather(team.workers().map(mine.size(), index -> {
                int part = mine.from() + index;
                Members members = Members.of(heldOut.subList(part * settings.unit(), Math.min(heldOut.size(), (part + 1) * settings.unit())));
                try (Autograd.Guard off = Autograd.off()) {
                    return new double[] {loss(network, members, answerTokens).value()};
                }
            })));
        }
    }

    /** The sum over the parts, in their order. */
    private static double total(List<double[]> losses) {
        return losses.stream().mapToDouble(loss -> loss[0]).reduce(0, Double::sum);
    }

    private Loss loss(Network network, Members members, long answerTokens) {
        Tensor projected = network.model().project(images.select(members.images()));
        Tensor states = network.model().answerStates(members.tokens(), projected, network.adapter(), members.answers());
        return SftLoss.of(TokenScores.logprobs(network.model(), states, members.answers(), 1), answerTokens);
    }

    /** The examples of one unit as the network takes them. */
    private record Members(TokenBatch tokens, AnswerRows answers, int[] images) {
        static Members of(List<SftExample> examples) {
            TokenBatch tokens = TokenBatch.of(examples.stream().map(SftExample::tokens).toList());
            return new Members(tokens, AnswerRows.of(tokens, examples.stream().map(SftExample::learn).toList()),
                    examples.stream().mapToInt(SftExample::image).toArray());
        }
    }

    /** Step s takes the conversations from place s × batch on. */
    private List<SftExample> batch(long step) {
        List<SftExample> batch = new ArrayList<>();
        for (long place = step * settings.batch(); place < (step + 1) * settings.batch(); place++) {
            ShuffledEpochs.Item item = epochs.at(place);
            batch.add(training.get(item.epoch(), item.index()));
        }
        return batch;
    }

    private static long answerTokens(SftExample example) {
        long count = 0;
        for (boolean learn : example.learn()) {
            count += learn ? 1 : 0;
        }
        return count;
    }
}
