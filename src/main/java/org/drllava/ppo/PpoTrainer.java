package org.drllava.ppo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.drllava.common.DivergedException;
import org.drllava.common.InputException;
import org.drllava.dataset.Batch;
import org.drllava.dataset.ImageFeatures;
import org.drllava.model.Network;
import org.drllava.model.Passes;
import org.drllava.rollout.Dialogue;
import org.drllava.rollout.Episode;
import org.drllava.rollout.RolloutEngine;
import org.drllava.rollout.Sampling;
import org.drllava.tensor.Descent;
import org.drllava.tensor.LearningRate;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Team;
import org.drllava.tensor.TensorScope;

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
    private final Team team;
    private final Descent policy;
    private final Descent value;
    private final KlController klController;
    private long iteration;

    /**
     * Gradients, optimiser state and what is laid out belong to the innermost scope.
     *
     * @throws InputException when the settings' units cannot be shared evenly by the team's ranks
     */
    public PpoTrainer(PpoSettings settings, Actors actors, ImageFeatures images, PromptSource prompts, Judge judge, Team team) {
        Batch.requireShares(settings.batches(), team.ranks().size());
        this.settings = settings;
        this.actors = actors.prepared();
        this.images = images;
        this.prompts = prompts;
        this.judge = judge;
        this.team = team;
        policy = new Descent(actors.policy().arena(), settings.optimizer(), settings.maxNorm(), settings.unitsPerMinibatch(), team);
        value = new Descent(actors.value(), settings.optimizer(), settings.maxNorm(), settings.unitsPerMinibatch(), team);
        klController = new KlController(settings.klCoefficient(), settings.klTarget());
    }

    /** What an iteration did. @param metrics by their names in Dr-LLaVA's log; @param experiences the conversations */
    public record Iteration(long number, SequencedMap<String, Object> metrics, List<Experience> experiences) {}

    /** Rolls out, judges, scores and learns once. @throws DivergedException when a loss or gradient is no number */
    public Iteration iterate() {
        IterationClock clock = new IterationClock();
        double collectives = team.ranks().secondsInside();
        List<PpoPrompt> batch = prompts.prompts(iteration, settings.conversations());
        List<Experience> experiences = experience(batch, clock);
        team.ranks().phase("learning of iteration " + (iteration + 1));
        PolicyUpdate update = new PolicyUpdate(images, settings);
        Tally policyTally = new Tally(PolicyUpdate.POLICY);
        Tally valueTally = new Tally(PolicyUpdate.VALUE);
        double policyNorm = iteration < settings.valueOnly() ? 0
                : learn(experiences, settings.policyEpochs(), policy, settings.policyRate(), policyTally, actors.policy()::passes, update::policy);
        double valueNorm = learn(experiences, settings.valueEpochs(), value, settings.valueRate(), valueTally, actors::valuePasses, update::value);
        SequencedMap<String, Object> metrics = clock.metrics(experiences, klController.coefficient(), settings);
        clock.learned(metrics, policyTally, valueTally, policyNorm, valueNorm, settings.policyRate().at(iteration));
        metrics.put("time/collectives_s", team.ranks().secondsInside() - collectives);
        klController.update((double) metrics.get("objective/kl_sum_seq"), experiences.size());
        return new Iteration(++iteration, metrics, experiences);
    }

    /** Rolls out and scores this rank's share, all with the same frozen networks; judges everybody's. */
    private List<Experience> experience(List<PpoPrompt> batch, IterationClock clock) {
        List<Played> mine;
        try (TensorScope scope = TensorScope.open()) {
            team.ranks().phase("playing of iteration " + (iteration + 1));
            Actors.Frozen frozen = actors.frozen();
            List<PpoPrompt> prompts = team.share(batch.size()).of(batch);
            List<Episode> episodes = rollOut(frozen.policy(), prompts);
            clock.rolledOut();
            team.ranks().phase("scoring of iteration " + (iteration + 1));
            mine = Played.of(episodes, new Scoring(frozen, images, team.workers(), settings).score(prompts, episodes));
        }
        List<Played> all = Played.fromRows(team.gather(Played.toRows(mine)));
        clock.scored(all);
        return judge(batch, all);
    }

    private List<Episode> rollOut(Network policy, List<PpoPrompt> prompts) {
        int group = settings.rolloutGroup();
        List<Episode> episodes = new ArrayList<>();
        team.workers().map((prompts.size() + group - 1) / group, index -> {
            List<PpoPrompt> members = prompts.subList(index * group, Math.min(prompts.size(), (index + 1) * group));
            Sampling sampling = Sampling.temperature(settings.temperature(), judge.suppressed());
            RolloutEngine engine = new RolloutEngine(policy.model(), policy.adapter(), sampling, judge.endToken(), settings.maxAnswerTokens());
            List<Dialogue> dialogues = members.stream().map(PpoPrompt::dialogue).toList();
            int[] pictures = members.stream().mapToInt(PpoPrompt::image).toArray();
            return engine.run(dialogues, policy.model().project(images.select(pictures)), pictures, settings.seed(), iteration);
        }).forEach(episodes::addAll);
        return episodes;
    }

    /** Rewards and advantages of every answer token. */
    private List<Experience> judge(List<PpoPrompt> batch, List<Played> played) {
        List<RewardModel.Score> verdicts = new ArrayList<>();
        List<float[]> scored = new ArrayList<>();
        List<float[]> rewards = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Episode episode = played.get(i).episode();
            Scoring.Scores scores = played.get(i).scores();
            verdicts.add(judge.score(batch.get(i), episode));
            scored.add(RewardShaping.scores(episode, verdicts.get(i).parts().perTurn(), settings));
            rewards.add(RewardShaping.rewards(scored.get(i), scores.logprobs(), scores.referenceLogprobs(), klController.coefficient(), settings.kl()));
        }
        if (settings.whitenRewards()) {
            Advantages.whiten(rewards, false);
        }
        List<Experience> experiences = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Episode episode = played.get(i).episode();
            Scoring.Scores scores = played.get(i).scores();
            Advantages.Estimate estimate = Advantages.estimate(rewards.get(i), scores.values(), RewardShaping.discounts(episode, settings), settings.lambda());
            experiences.add(new Experience(batch.get(i), episode, verdicts.get(i), scores.logprobs(), scores.referenceLogprobs(), scores.values(),
                    scored.get(i), rewards.get(i), estimate.advantages(), estimate.returns()));
        }
        Advantages.whiten(experiences.stream().map(Experience::advantages).toList(), true);
        return experiences;
    }

    private interface UnitLoss {
        Descent.Result of(List<Experience> members, Passes passes, ParameterArena.Leaves leaves, long total);
    }

    /** Epochs of shuffled minibatches. @return the mean gradient norm before clipping */
    private double learn(List<Experience> experiences, int epochs, Descent descent, LearningRate rate, Tally tally, Supplier<Passes> passes,
            UnitLoss loss) {
        double norms = 0;
        int steps = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            List<Experience> order = new ArrayList<>(experiences);
            Collections.shuffle(order, Random.from(new SplittableRandom(settings.seed() + 31 * iteration + epoch)));
            for (int start = 0; start < order.size(); start += settings.minibatch()) {
                List<Experience> minibatch = order.subList(start, start + settings.minibatch());
                long total = minibatch.stream().mapToLong(e -> e.logprobs().length).sum();
                Descent.Sum sum;
                try (TensorScope scope = TensorScope.open()) {
                    Passes now = passes.get();
                    sum = descent.sum((unit, leaves) -> loss.of(
                            minibatch.subList(unit * settings.unit(), (unit + 1) * settings.unit()), now, leaves, total));
                }
                tally.addAll(sum.statistics());
                DivergedException.check("Iteration " + (iteration + 1), sum.statistics().stream().mapToDouble(unit -> unit[0]).sum(), sum.norm());
                norms += sum.norm();
                descent.step(rate.at(iteration));
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

    Descent policy() {
        return policy;
    }

    Descent value() {
        return value;
    }

    KlController klController() {
        return klController;
    }

    void resumeAfter(long iterations) {
        this.iteration = iterations;
    }
}
