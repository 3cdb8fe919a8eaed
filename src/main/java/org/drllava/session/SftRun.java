package org.drllava.session;

import java.util.List;
import java.util.Locale;
import org.drllava.checkpoint.RunSettings;
import org.drllava.checkpoint.RunState;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.model.AdapterFolder;
import org.drllava.model.Trainable;
import org.drllava.sft.SftCheckpoint;
import org.drllava.sft.SftSettings;
import org.drllava.sft.SftStep;
import org.drllava.sft.SftTrainer;

/**
 * Supervised fine-tuning on conversations of files.
 *
 * @param pictures of training and validation conversations
 */
public record SftRun(ModelSession session, SftSettings settings, Pictures pictures, List<Conversation> training, List<Conversation> validation) {
    /** Trains {@code trainable} to the end and writes what came out. */
    public void run(Trainable trainable, TrainingLoop loop) {
        SftTrainer trainer = new SftTrainer(settings, trainable, pictures.features(), ConversationExamples.of(session, pictures, training),
                ConversationExamples.of(session, pictures, validation).examples(), loop.team());
        loop.run(new Steps(trainer, settings));
        trainer.takeBest();
        if (loop.team().leads()) {
            write(trainable, loop.folder());
        }
    }

    private void write(Trainable trainable, RunFolder folder) {
        switch (trainable) {
            case Trainable.Lora lora -> AdapterFolder.write(folder.adapter(), lora.settings(), lora.arena());
            case Trainable.Full full -> TrainedModel.write(folder.model(), session.folder(), full);
        }
    }

    /** The trainer as the loop sees it. */
    private record Steps(SftTrainer trainer, SftSettings settings) implements TrainingLoop.Trainer {
        @Override
        public long done() {
            return trainer.progress().step();
        }

        @Override
        public long planned() {
            return settings.learningRate().steps();
        }

        @Override
        public boolean finished() {
            return trainer.finished();
        }

        @Override
        public TrainingLoop.Report step() {
            SftStep step = trainer.step();
            double best = trainer.progress().bestLoss();
            return new TrainingLoop.Report(step, Double.isFinite(best)
                    ? String.format(Locale.ROOT, "loss %.3f, best held-out %.3f", step.loss(), best)
                    : String.format(Locale.ROOT, "loss %.3f", step.loss()));
        }

        @Override
        public RunState save(RunSettings run) {
            return SftCheckpoint.save(run, trainer);
        }

        @Override
        public void restore(RunState state) {
            SftCheckpoint.restore(state, trainer);
        }
    }
}
