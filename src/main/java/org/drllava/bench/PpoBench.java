package org.drllava.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SequencedMap;
import java.util.LinkedHashMap;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.drllava.clinical.conversation.Exchange;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.clinical.reward.Amounts;
import org.drllava.clinical.reward.Part;
import org.drllava.clinical.reward.RewardParts;
import org.drllava.clinical.reward.TurnReward;
import org.drllava.dataset.ImageFeatures;
import org.drllava.model.LlavaModel;
import org.drllava.model.LoraAdapter;
import org.drllava.ppo.Actors;
import org.drllava.ppo.Judge;
import org.drllava.ppo.KlEstimator;
import org.drllava.ppo.PpoPrompt;
import org.drllava.ppo.PpoSettings;
import org.drllava.ppo.PpoTrainer;
import org.drllava.ppo.RewardModel;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.Device;
import org.drllava.tensor.HostMemory;
import org.drllava.tensor.LearningRate;
import org.drllava.tensor.Team;

/**
 * The production trainer on a {@link Workload}, timed phase by phase. The vision tower runs once an iteration and counts as
 * rollout, as in the Python peer, although training on a data set would run it once for all iterations. A question is led by
 * the end token that a cut-off answer lacks, which counts as one of the question's tokens, so sequences have the peer's length.
 */
public final class PpoBench {
    private static final int BEGIN = 1;
    private static final int END = 2;
    private static final int FIRST_ORDINARY = 10;
    private static final int RESERVED_AT_END = 100;
    private static final int LARGEST_GROUP = 16; // the default of training

    private final LlavaModel model;
    private final Workload workload;
    private final Team team;

    public PpoBench(LlavaModel model, Workload workload, Team team) {
        this.model = model;
        this.workload = workload;
        this.team = team;
    }

    /**
     * Runs it. @return the peer's keys: rollout_s, score_s, train_s, iteration_s, ... as means over the counted iterations; where the
     * project's own kernels run, also what they could do at best and the share of it that was reached
     */
    public SequencedMap<String, Object> run() {
        List<PpoPrompt> prompts = prompts();
        Actors actors = Actors.fresh(model, new LoraAdapter.Settings(workload.loraRank(), workload.loraAlpha()), workload.seed());
        List<float[]> pixels = pixels();
        PpoTrainer trainer = new PpoTrainer(settings(), actors, features(pixels), (_, _) -> prompts, new Ladder(), team);
        for (int i = 0; i < workload.warmup(); i++) {
            trainer.iterate();
        }
        double rollout = 0;
        double score = 0;
        double iteration = 0;
        for (int i = 0; i < workload.iterations(); i++) {
            long start = System.nanoTime();
            features(pixels);
            double vision = (System.nanoTime() - start) / 1e9;
            SequencedMap<String, Object> metrics = trainer.iterate().metrics();
            rollout += vision + (double) metrics.get("time/rollout_s");
            score += (double) metrics.get("time/score_s");
            iteration += vision + (double) metrics.get("time/iteration_s");
        }
        int n = workload.iterations();
        SequencedMap<String, Object> result = new LinkedHashMap<>();
        result.put("rollout_s", rollout / n);
        result.put("score_s", score / n);
        result.put("train_s", (iteration - rollout - score) / n);
        result.put("iteration_s", iteration / n);
        int sequenceTokens = prompts.getFirst().dialogue().opening().length + workload.answerTokens()
                + (workload.turns() - 1) * (workload.questionTokens() + workload.answerTokens());
        result.put("sequence_tokens", sequenceTokens);
        result.put("new_tokens", workload.newTokens());
        result.put("rollout_tokens_per_s", workload.newTokens() / (rollout / n));
        result.put("peak_mib", HostMemory.peakMib());
        if (model.packs() && model.device() == Device.CPU) {
            double ceiling = Ceiling.operationsPerSecond(team.workers(), model.dtype());
            result.put("ceiling_gflops", ceiling / 1e9);
            result.put("ceiling_share", Ceiling.operations(model.config(), workload, sequenceTokens) / (iteration / n) / ceiling);
        }
        return result;
    }

    private List<PpoPrompt> prompts() {
        SplittableRandom random = new SplittableRandom(workload.seed());
        List<Exchange> exchanges = IntStream.range(0, workload.turns()).mapToObj(turn -> new Exchange("q" + turn, "", "")).toList();
        List<PpoPrompt> prompts = new ArrayList<>();
        for (int i = 0; i < workload.conversations(); i++) {
            IntStream image = IntStream.range(0, model.config().imageFeatures()).map(_ -> model.config().imageTokenId());
            int[] opening = IntStream.concat(IntStream.concat(IntStream.concat(IntStream.of(BEGIN), words(random, workload.prefixTokens())), image),
                    words(random, workload.questionTokens())).toArray();
            List<int[]> followUps = new ArrayList<>();
            for (int turn = 1; turn < workload.turns(); turn++) {
                followUps.add(words(random, workload.questionTokens() - 1).toArray());
            }
            prompts.add(new PpoPrompt("c" + i, new Dialogue(i, opening, followUps), exchanges, i, ""));
        }
        return prompts;
    }

    private IntStream words(SplittableRandom random, int count) {
        int vocabulary = model.config().text().vocabularySize();
        return IntStream.of(random.ints(count, FIRST_ORDINARY, Math.max(FIRST_ORDINARY + 1, vocabulary - RESERVED_AT_END)).toArray());
    }

    private List<float[]> pixels() {
        SplittableRandom random = new SplittableRandom(workload.seed() + 1);
        int side = model.config().vision().imageSize();
        List<float[]> pixels = new ArrayList<>();
        for (int i = 0; i < workload.conversations(); i++) {
            float[] picture = new float[3 * side * side];
            for (int p = 0; p < picture.length; p++) {
                picture[p] = (float) random.nextGaussian();
            }
            pixels.add(picture);
        }
        return pixels;
    }

    private ImageFeatures features(List<float[]> pixels) {
        int unit = (pixels.size() + team.workers().count() - 1) / team.workers().count();
        return ImageFeatures.compute(model, team, pixels.size(), unit, pixels::get, _ -> {});
    }

    /**
     * Policy and value learn on the same minibatches, whitened rewards, nothing discounted: as in the peer. A unit is one
     * conversation, which needs the least memory; packed without padding, a second one would gain nothing.
     */
    private PpoSettings settings() {
        LearningRate rate = new LearningRate(workload.learningRate(), 0, workload.warmup() + workload.iterations(), LearningRate.Shape.CONSTANT, 1);
        return new PpoSettings(workload.conversations(), group(), workload.minibatch(), 1, workload.ppoEpochs(), workload.ppoEpochs(), 0,
                workload.answerTokens(), 1, rate, rate, AdamW.Settings.DEFAULT, 0.2, 0.2, 1, KlEstimator.K1, workload.klCoefficient(), 0,
                Credit.CONVERSATION, 1, 1, 1, 1, true, workload.seed());
    }

    /** Conversations decoded together: groups of nearly the same size, as many on each rank. */
    private int group() {
        int each = Math.ceilDiv(workload.conversations(), team.ranks().size());
        return Math.ceilDiv(each, Math.ceilDiv(each, LARGEST_GROUP));
    }

    /** Scores from -1 to 1 by the conversation's number; no answer ends by itself. */
    private final class Ladder implements Judge {
        @Override
        public int endToken() {
            return END;
        }

        @Override
        public Set<Integer> suppressed() {
            return Set.of(END, model.config().imageTokenId());
        }

        @Override
        public RewardModel.Score score(PpoPrompt prompt, Episode episode) {
            double total = workload.conversations() == 1 ? 0 : 2.0 * prompt.image() / (workload.conversations() - 1) - 1;
            List<TurnReward> turns = IntStream.range(0, workload.turns()).mapToObj(turn -> new TurnReward("q" + turn, "",
                    new Parsed.NoMatch(List.of()), Amounts.only(Part.CORRECTNESS, total / workload.turns()))).toList();
            return new RewardModel.Score(new RewardParts(turns), List.of());
        }
    }
}
