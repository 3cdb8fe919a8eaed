package org.drllava.ppo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.drllava.common.DivergedException;
import org.drllava.dataset.ImageFeatures;
import org.drllava.model.Network;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.rollout.RolloutEngine;
import org.drllava.rollout.Sampling;
import org.drllava.tensor.AdamW;
import org.drllava.tensor.GradientUnits;
import org.drllava.tensor.LearningRate;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Workers;

/**
 * PPO (arXiv 1707.06347) on whole clinical conversations with a symbolic reward, after Dr-LLaVA (arXiv 2405.19567). One
 * iteration: roll out, judge, score, estimate advantages, update policy and value.
 */
public final class PpoTrainer {
    private final PpoSettings settings;
    private final Actors actors;
    private final ImageFeatures images;
    private final PromptSource prompts;
    private final Judge judge;
    private final Workers workers;
    private final GradientUnits policyUnits;
    private final GradientUnits valueUnits;
    private final AdamW policyOptimizer;
    private final AdamW valueOptimizer;
    private final KlController klController;
    private long iteration;

    /** Gradients and optimiser state belong to the innermost scope. */
    public PpoTrainer(PpoSettings settings, Actors actors, ImageFeatures images, PromptSource prompts, Judge judge, Workers workers) {
        this.settings = settings;
        this.actors = actors;
        this.images = images;
        this.prompts = prompts;
        this.judge = judge;
        this.workers = workers;
        policyUnits = new GradientUnits(actors.policy().arena(), settings.unitsPerMinibatch());
        valueUnits = new GradientUnits(actors.value(), settings.unitsPerMinibatch());
        policyOptimizer = new AdamW(actors.policy().arena().values(), settings.optimizer());
        valueOptimizer = new AdamW(actors.value().values(), settings.optimizer());
        klController = new KlController(settings.klCoefficient(), settings.klTarget());
    }

    /** What an iteration did. @param metrics by their names in Dr-LLaVA's log; @param experiences the conversations */
    public record Iteration(long number, SequencedMap<String, Object> metrics, List<Experience> experiences) {}

    /** Rolls out, judges, scores and learns once. @throws DivergedException when a loss or gradient is no number */
    public Iteration iterate() {
        IterationClock clock = new IterationClock();
        List<PpoPrompt> batch = prompts.prompts(iteration, settings.conversations());
        List<Experience> experiences = experience(batch, clock);
        PolicyUpdate update = new PolicyUpdate(actors, images, settings);
        Tally policy = new Tally();
        Tally value = new Tally();
        double policyNorm = iteration < settings.valueOnly() ? 0
                : learn(experiences, settings.policyEpochs(), policyUnits, policyOptimizer, settings.policyRate(), policy, update::policy);
        double valueNorm = learn(experiences, settings.valueEpochs(), valueUnits, valueOptimizer, settings.valueRate(), value, update::value);
        SequencedMap<String, Object> metrics = clock.metrics(experiences, klController.coefficient(), settings);
        clock.learned(metrics, policy, value, policyNorm, valueNorm, settings.policyRate().at(iteration));
        klController.update((double) metrics.get("objective/kl_sum_seq"), experiences.size());
        return new Iteration(++iteration, metrics, experiences);
    }

    /** Rolls out, scores and judges, all with the same frozen networks. */
    private List<Experience> experience(List<PpoPrompt> batch, IterationClock clock) {
        try (TensorScope scope = TensorScope.open()) {
            Actors.Frozen frozen = actors.frozen();
            List<Episode> episodes = rollOut(frozen.policy(), batch);
            clock.rolledOut();
            return judge(frozen, batch, episodes, clock);
        }
    }

    private List<Episode> rollOut(Network policy, List<PpoPrompt> batch) {
        int group = settings.rolloutGroup();
        List<Episode> episodes = new ArrayList<>();
        workers.map((batch.size() + group - 1) / group, index -> {
            List<PpoPrompt> members = batch.subList(index * group, Math.min(batch.size(), (index + 1) * group));
            Sampling sampling = Sampling.temperature(settings.temperature(), judge.suppressed());
            RolloutEngine engine = new RolloutEngine(policy.model(), policy.adapter(), sampling, judge.endToken(), settings.maxAnswerTokens());
            List<Dialogue> dialogues = members.stream().map(PpoPrompt::dialogue).toList();
            int[] pictures = members.stream().mapToInt(PpoPrompt::image).toArray();
            return engine.run(dialogues, policy.model().project(images.select(pictures)), settings.seed(), iteration);
        }).forEach(episodes::addAll);
        return episodes;
    }

    /** Rewards, values and advantages of every answer token. */
    private List<Experience> judge(Actors.Frozen frozen, List<PpoPrompt> batch, List<Episode> episodes, IterationClock clock) {
        List<Scoring.Scores> scores = new Scoring(frozen, images, workers, settings).score(batch, episodes);
        clock.scored(episodes, scores);
        List<RewardModel.Score> verdicts = new ArrayList<>();
        List<float[]> scored = new ArrayList<>();
        List<float[]> rewards = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            verdicts.add(judge.score(batch.get(i), episodes.get(i)));
            scored.add(RewardShaping.scores(episodes.get(i), verdicts.get(i).parts().perTurn(), settings));
            rewards.add(RewardShaping.rewards(scored.get(i), scores.get(i).logprobs(), scores.get(i).referenceLogprobs(),
                    klController.coefficient(), settings.kl()));
        }
        if (settings.whitenRewards()) {
            Advantages.whiten(rewards, false);
        }
        List<Experience> experiences = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Advantages.Estimate estimate = Advantages.estimate(rewards.get(i), scores.get(i).values(),
                    RewardShaping.discounts(episodes.get(i), settings), settings.lambda());
            experiences.add(new Experience(batch.get(i), episodes.get(i), verdicts.get(i), scores.get(i).logprobs(),
                    scores.get(i).referenceLogprobs(), scores.get(i).values(), scored.get(i), rewards.get(i), estimate.advantages(), estimate.returns()));
        }
        Advantages.whiten(experiences.stream().map(Experience::advantages).toList(), true);
        return experiences;
    }

    private interface UnitLoss {
        GradientUnits.Result<Tally> of(List<Experience> members, ParameterArena.Leaves leaves, long total);
    }

    /** Epochs of shuffled minibatches. @return the mean gradient norm before clipping */
    private double learn(List<Experience> experiences, int epochs, GradientUnits units, AdamW optimizer, LearningRate rate, Tally tally, UnitLoss loss) {
        double norms = 0;
        int steps = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            List<Experience> order = new ArrayList<>(experiences);
            Collections.shuffle(order, Random.from(new SplittableRandom(settings.seed() + 31 * iteration + epoch)));
            for (int start = 0; start < order.size(); start += settings.minibatch()) {
                List<Experience> minibatch = order.subList(start, start + settings.minibatch());
                long total = minibatch.stream().mapToLong(e -> e.logprobs().length).sum();
                List<Tally> losses = units.accumulate(workers, settings.unitsPerMinibatch(), (unit, leaves) -> loss.of(
                        minibatch.subList(unit * settings.unit(), (unit + 1) * settings.unit()), leaves, total));
                tally.addAll(losses);
                double norm = AdamW.clipNorm(units.gradient(), settings.maxNorm());
                DivergedException.check("Iteration " + (iteration + 1), losses.stream().mapToDouble(Tally::loss).sum(), norm);
                norms += norm;
                optimizer.step(units.gradient(), rate.at(iteration));
                steps++;
            }
        }
        return steps == 0 ? 0 : norms / steps;
    }

    /** Iterations done. */
    public long iteration() {
        return iteration;
    }

    public Actors actors() {
        return actors;
    }

    AdamW policyOptimizer() {
        return policyOptimizer;
    }

    AdamW valueOptimizer() {
        return valueOptimizer;
    }

    KlController klController() {
        return klController;
    }

    void resumeAfter(long iterations) {
        this.iteration = iterations;
    }
}
