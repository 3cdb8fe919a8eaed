package org.drllava.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.InputException;
import org.drllava.model.AdapterFolder;
import org.drllava.model.Trainable;
import org.drllava.session.HeldOut;
import org.drllava.session.ModelSession;
import org.drllava.session.Pictures;
import org.drllava.session.SftRun;
import org.drllava.session.TrainingLoop;
import org.drllava.sft.SftSettings;
import org.drllava.tensor.LearningRate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "sft",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains a model to answer as the conversations do: next-token loss on the answers.",
        footer = {
            "",
            "Leaves in the output folder adapter (PEFT) or, with --full, model (Hugging Face), checkpoints, and log.jsonl with a line a step.",
            "Defaults are those of Dr-LLaVA's supervised fine-tuning unless said otherwise."
        })
final class SftCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TaskOptions task;

    @Mixin
    private RunOptions run;

    @Mixin
    private RankOptions ranks;

    @Mixin
    private LoraOptions lora;

    @Option(names = "--full", description = "Train projector and decoder themselves instead of an adapter.")
    private boolean full;

    @Option(names = "--validation", paramLabel = "FILE", description = "Conversations to watch the loss on, never trained on.")
    private Path validation;

    @Option(names = "--validation-fraction", defaultValue = "0", paramLabel = "SHARE",
            description = "Set aside this share of the patients of each label instead of --validation, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double validationShare;

    @Option(names = "--epochs", defaultValue = "4", paramLabel = "X", description = "Times each conversation is learnt (default: ${DEFAULT-VALUE}).")
    private double epochs;

    @Option(names = "--batch", defaultValue = "32", paramLabel = "N", description = "Conversations a step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--unit", defaultValue = "8", paramLabel = "N",
            description = "Conversations a forward pass; batch/unit of them add up to a step, and only the unit needs memory (default: ${DEFAULT-VALUE}).")
    private int unit;

    @Option(names = "--learning-rate", defaultValue = "1e-4", paramLabel = "X", description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(names = "--warmup-ratio", defaultValue = "0.03", paramLabel = "SHARE", description = "Share of the steps in which the rate rises (default: ${DEFAULT-VALUE}).")
    private double warmup;

    @Option(names = "--schedule", defaultValue = "cosine", paramLabel = "SHAPE",
            description = "How the rate then falls to 0: constant (not at all), linear or cosine (default: ${DEFAULT-VALUE}).")
    private LearningRate.Shape schedule;

    @Mixin
    private AdamOptions adam;

    @Option(names = "--evaluate-every", defaultValue = "50", paramLabel = "N",
            description = "Steps between looks at the validation loss; the weights with the lowest one are kept (default: ${DEFAULT-VALUE}).")
    private int evaluateEvery;

    @Option(names = "--patience", defaultValue = "0", paramLabel = "N",
            description = "Stop after so many looks without a lower validation loss; 0 goes on to the end (default: ${DEFAULT-VALUE}).")
    private int patience;

    @Override
    public Integer call() {
        check();
        ClinicalLogic logic = task.logic();
        HeldOut parts = heldOut(task.conversations(logic), logic);
        SftSettings settings = settings(parts.training().size());
        if (ranks.explains(spec, settings.batches())) {
            return Main.DONE;
        }
        ranks.run(spec, task, !full, run.reports(), settings.batches(), (session, team) -> {
            run.prepare(team);
            Trainable trainable = trainable(session);
            List<Conversation> all = new ArrayList<>(parts.training());
            all.addAll(parts.validation());
            Pictures pictures = Pictures.load(session, task.images(), all, team);
            // A constant rate does not depend on how long the run will be, so such a run may be lengthened.
            String length = schedule == LearningRate.Shape.CONSTANT && warmup == 0 ? "--epochs" : "";
            TrainingLoop loop = run.loop("SFT", "step", spec, length, Map.of("the pictures", pictures.hash()), team);
            new SftRun(session, settings, pictures, parts.training(), parts.validation()).run(trainable, loop);
        });
        return Main.DONE;
    }

    private void check() {
        if (full && lora.adapter() != null) {
            throw new InputException("--full trains the model itself and cannot go on from an --adapter.");
        }
        if (full && lora.recompute()) {
            throw new InputException("--recompute is for adapters, not for --full.");
        }
        if (validation != null && validationShare != 0) {
            throw new InputException("--validation and --validation-fraction exclude each other.");
        }
        if (!(epochs > 0 && epochs <= 1e6) || !(warmup >= 0 && warmup <= 1) || !(validationShare >= 0 && validationShare < 1)) {
            throw new InputException("--epochs must be above 0, --warmup-ratio in 0..1 and --validation-fraction in 0..1, found " + epochs + ", "
                    + warmup + " and " + validationShare + ".");
        }
        lora.settings();
    }

    private HeldOut heldOut(List<Conversation> conversations, ClinicalLogic logic) {
        HeldOut parts = validation == null ? HeldOut.byPatient(conversations, validationShare, task.seed())
                : new HeldOut(conversations, TaskOptions.read(validation, logic));
        List<String> shared = parts.sharedPatients();
        if (!shared.isEmpty()) {
            spec.commandLine().getErr().println("warning: " + shared.size() + " patients are in both training and validation, among them " + shared.getFirst()
                    + "; the validation loss says little about new patients.");
        }
        if (parts.training().isEmpty() || (validationShare > 0 && parts.validation().isEmpty())) {
            throw new InputException("--validation-fraction " + validationShare + " of " + conversations.size()
                    + " conversations leaves one of the parts empty.");
        }
        return parts;
    }

    private SftSettings settings(int conversations) {
        long steps = Math.max(1, (long) Math.ceil(epochs * conversations / batch));
        var learningRate = new LearningRate(rate, Math.round(Math.ceil(warmup * steps)), steps, schedule, 0);
        int every = (int) Math.min(evaluateEvery, steps); // a short run, too, ends with a look at the validation loss
        return new SftSettings(learningRate, batch, unit, adam.maxNorm(), adam.settings(), every, patience, task.seed());
    }

    private Trainable trainable(ModelSession session) {
        if (full) {
            return Trainable.Full.of(session.model());
        }
        return lora.adapter() == null ? Trainable.Lora.fresh(lora.base(session), lora.settings(), task.seed())
                : Trainable.Lora.from(lora.base(session), AdapterFolder.read(lora.adapter(), session.model().config()));
    }
}
