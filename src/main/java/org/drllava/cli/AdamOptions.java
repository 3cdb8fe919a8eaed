package org.drllava.cli;

import org.drllava.tensor.AdamW;
import picocli.CommandLine.Option;

/** The optimiser. The defaults are PyTorch's, which Dr-LLaVA trains with. */
final class AdamOptions {
    @Option(names = "--weight-decay", defaultValue = "0", paramLabel = "X", description = "Weight decay of AdamW (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(names = "--beta1", defaultValue = "0.9", paramLabel = "X", description = "Decay of the gradient's mean (default: ${DEFAULT-VALUE}).")
    private double beta1;

    @Option(names = "--beta2", defaultValue = "0.999", paramLabel = "X", description = "Decay of the squared gradient's mean (default: ${DEFAULT-VALUE}).")
    private double beta2;

    @Option(names = "--epsilon", defaultValue = "1e-8", paramLabel = "X", description = "Added to the root in AdamW (default: ${DEFAULT-VALUE}).")
    private double epsilon;

    @Option(names = "--max-grad-norm", defaultValue = "1", paramLabel = "X", description = "Longer gradients are cut to this norm (default: ${DEFAULT-VALUE}).")
    private double maxNorm;

    AdamW.Settings settings() {
        return new AdamW.Settings(beta1, beta2, epsilon, weightDecay);
    }

    double maxNorm() {
        return maxNorm;
    }
}
