package org.drllava.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.ConversationJson;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.InputException;
import org.drllava.distributed.World;
import org.drllava.session.ModelSession;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A model and the conversations that it learns from or is asked: options of the commands sft, ppo and evaluate. */
final class TaskOptions {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "The model, a Hugging Face folder with tokenizer.json.")
    private Path model;

    @Option(names = "--conversations", required = true, paramLabel = "FILE", description = "The conversations, LLaVA's JSON as curate writes it.")
    private Path file;

    @Option(names = "--images", required = true, paramLabel = "DIR", description = "The folder that the conversations' image paths start from.")
    private Path images;

    @Mixin
    private LogicOption logic;

    @Mixin
    private ComputeOptions compute;

    @Option(names = "--workers", defaultValue = "0", paramLabel = "N",
            description = "Units worked on side by side, a core each; 0 for all cores (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Decides whatever is drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    boolean gpu() {
        return !compute.device().equals(Device.CPU);
    }

    /** See {@link ComputeOptions#requireGpuOf}. */
    void requireGpuOf(World world) {
        compute.requireGpuOf(world);
    }

    /** For exact work. */
    ModelSession open(PrintWriter warnings) {
        return open(compute.dtype(), warnings);
    }

    /** @param frozen whether the base stays as it is; what is trained itself wants float32 unless another dtype is asked for */
    ModelSession openForTraining(boolean frozen, PrintWriter messages) {
        return open(frozen ? compute.trainingDtype(model, messages::println) : compute.dtype(), messages);
    }

    private ModelSession open(DType dtype, PrintWriter warnings) {
        if (workers < 0) {
            throw new InputException("--workers: expected 0 or more, found " + workers + ".");
        }
        return ModelSession.open(model, compute.device(), dtype, workers, warnings::println);
    }

    ClinicalLogic logic() {
        return logic.logic();
    }

    List<Conversation> conversations(ClinicalLogic rules) {
        return read(file, rules);
    }

    static List<Conversation> read(Path file, ClinicalLogic rules) {
        List<Conversation> conversations = ConversationJson.read(file, rules);
        if (conversations.isEmpty()) {
            throw new InputException(file + ": expected at least one conversation, found none.");
        }
        return conversations;
    }

    Path images() {
        return images;
    }

    long seed() {
        return seed;
    }
}
