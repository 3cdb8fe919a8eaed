package org.drllava.session;

import java.util.List;
import java.util.Locale;
import org.drllava.checkpoint.RunSettings;
import org.drllava.checkpoint.RunState;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.reward.Reward;
import org.drllava.model.AdapterFolder;
import org.drllava.ppo.Actors;
import org.drllava.ppo.PpoCheckpoint;
import org.drllava.ppo.PpoSettings;
import org.drllava.ppo.PpoTrainer;
import org.drllava.ppo.RewardModel;
import org.drllava.tensor.Team;

/**
 * PPO on conversations of a file, whose questions are asked and whose answers are not read.
 *
 * @param iterations    to do in all
 * @param rolloutsEvery iterations between those whose conversations are written out; 0 for none
 */
public record PpoRun(ModelSession session, PpoSettings settings, Pictures pictures, List<Conversation> conversations, Reward reward,
        long iterations, int rolloutsEvery) {
    /** Trains to the end and writes the policy's adapter and the value model. */
    public void run(Actors actors, TrainingLoop loop) {
        PpoTrainer trainer = new PpoTrainer(settings, actors, pictures.features(),
                new ConversationPrompts(session, pictures, conversations, settings.seed()), new RewardModel(session.encoder(), reward), loop.team());
        loop.run(new Iterations(this, trainer, loop.folder(), loop.team()));
        if (loop.team().leads()) {
            AdapterFolder.write(loop.folder().adapter(), actors.policy().settings(), actors.policy().arena());
            actors.writeValue(loop.folder().value());
        }
    }

    /** The trainer as the loop sees it. */
    private record Iterations(PpoRun run, PpoTrainer trainer, RunFolder folder, Team team) implements TrainingLoop.Trainer {
        @Override
        public long done() {
            return trainer.iteration();
        }

        @Override
        public long planned() {
            return run.iterations;
        }

        @Override
        public boolean finished() {
            return trainer.iteration() >= run.iterations;
        }

        @Override
        public TrainingLoop.Report step() {
            PpoTrainer.Iteration iteration = trainer.iterate();
            if (team.leads() && run.rolloutsEvery > 0 && iteration.number() % run.rolloutsEvery == 0) {
                RolloutLog.write(folder.rollouts(iteration.number()), iteration);
            }
            return new TrainingLoop.Report(iteration.metrics(), String.format(Locale.ROOT, "reward %.2f, right answers %.0f %%, KL %.3f",
                    iteration.metrics().get("objective/rewards"), 100 * (double) iteration.metrics().get("answers/right"),
                    iteration.metrics().get("objective/kl_sum_seq")));
        }

        @Override
        public RunState save(RunSettings settings) {
            return PpoCheckpoint.save(settings, trainer);
        }

        @Override
        public void restore(RunState state) {
            PpoCheckpoint.restore(state, trainer);
            if (team.leads()) {
                folder.forgetRolloutsAfter(trainer.iteration());
            }
        }
    }
}
