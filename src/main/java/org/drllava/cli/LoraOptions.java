package org.drllava.cli;

import java.nio.file.Path;
import org.drllava.common.InputException;
import org.drllava.model.LlavaModel;
import org.drllava.model.LoraAdapter;
import org.drllava.session.ModelSession;
import picocli.CommandLine.Option;

/** The adapter that is trained. */
final class LoraOptions {
    @Option(names = "--adapter", paramLabel = "DIR", description = "Go on from this adapter, a PEFT folder (default: start a new one).")
    private Path adapter;

    @Option(names = "--rank", defaultValue = "64", paramLabel = "N", description = "Rank of a new adapter (default: ${DEFAULT-VALUE}, as in Dr-LLaVA).")
    private int rank;

    @Option(names = "--alpha", defaultValue = "16", paramLabel = "X",
            description = "A new adapter's updates are multiplied by alpha/rank (default: ${DEFAULT-VALUE}, as in Dr-LLaVA).")
    private double alpha;

    @Option(names = "--recompute",
            description = "Keep each block's input alone for the way back and compute the rest again: a tenth of the memory for activations, about a"
                    + " third more time to learn, the same bits.")
    private boolean recompute;

    /** What the adapter is trained on. */
    LlavaModel base(ModelSession session) {
        return recompute ? session.model().recomputing() : session.model();
    }

    boolean recompute() {
        return recompute;
    }

    /** Null for a new one. */
    Path adapter() {
        return adapter;
    }

    LoraAdapter.Settings settings() {
        if (rank < 1 || rank > 4096 || !(alpha > 0)) {
            throw new InputException("--rank must be 1 to 4096 and --alpha above 0, found " + rank + " and " + alpha + ".");
        }
        return new LoraAdapter.Settings(rank, alpha);
    }
}
