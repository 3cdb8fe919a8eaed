package org.drllava.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.drllava.checkpoint.SafetensorsWriter;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.common.Progress;
import org.drllava.model.AdapterFolder;
import org.drllava.model.LlavaModel;
import org.drllava.model.ModelFolder;
import org.drllava.model.Network;
import org.drllava.model.SequenceLogprobs;
import org.drllava.model.Trainable;
import org.drllava.tensor.TensorScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = "Writes how likely a model finds given tokens: log softmax of the logits at t - 1, at token t.",
        footer = {
            "",
            "The input has input_ids [B, T] (integers; image tokens repeated, one for each feature), attention_mask [B, T] (1 for"
                    + " real tokens; padding on either side) and pixel_values [B, 3, side, side] (not needed where no row has image"
                    + " tokens). The output has logprobs [B, T-1], float32; 0 where token t or the one before it is masked."
        })
final class ScoreCommand implements Callable<Integer> {
    /** Tokens that go through the decoder at once, unless one row has more. */
    private static final int TOKENS = 2048;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "The model, a Hugging Face folder.")
    private Path folder;

    @Option(names = "--adapter", paramLabel = "DIR", description = "An adapter on it, a PEFT folder (default: none).")
    private Path adapter;

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "The safetensors file to read.")
    private Path input;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The safetensors file to write.")
    private Path output;

    @Mixin
    private ComputeOptions compute;

    @Override
    public Integer call() {
        OutputFile.check(output);
        try (Arena arena = Arena.ofConfined(); TensorScope scope = TensorScope.open()) {
            try (ModelFolder opened = ModelFolder.open(folder, compute.device(), compute.dtype(), spec.commandLine().getErr()::println)) {
                LlavaModel model = opened.model();
                Network network = network(model);
                ScoreInput rows = ScoreInput.read(input, arena, model.config(), model.maxPositions());
                float[] logprobs = score(network, rows);
                SafetensorsWriter.write(output, Map.of(),
                        List.of(StoredTensor.of("logprobs", logprobs, rows.rows(), rows.width() - 1)));
            }
        }
        return Main.DONE;
    }

    private Network network(LlavaModel model) {
        return adapter == null ? Network.base(model) : Trainable.Lora.from(model, AdapterFolder.read(adapter, model.config())).frozen();
    }

    private static float[] score(Network network, ScoreInput input) {
        float[] logprobs = new float[Math.multiplyExact(input.rows(), input.width() - 1)];
        int together = Math.max(1, TOKENS / input.width());
        try (Progress progress = Progress.start("Score", input.rows(), "rows")) {
            for (int from = 0; from < input.rows(); from += together) {
                int to = Math.min(from + together, input.rows());
                score(network, input, from, to, logprobs);
                progress.step(to - from, "");
            }
        }
        return logprobs;
    }

    private static void score(Network network, ScoreInput input, int from, int to, float[] logprobs) {
        List<Integer> rows = new ArrayList<>();
        List<int[]> sequences = new ArrayList<>();
        List<float[]> images = new ArrayList<>();
        for (int row = from; row < to; row++) {
            int[] sequence = input.sequence(row);
            if (sequence.length > 1) {
                rows.add(row);
                sequences.add(sequence);
                if (input.hasImage(row)) {
                    images.add(input.pixels(row));
                }
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        List<float[]> scored = SequenceLogprobs.of(network, sequences, joined(images));
        for (int i = 0; i < scored.size(); i++) {
            float[] row = scored.get(i);
            int start = rows.get(i) * (input.width() - 1) + input.starts()[rows.get(i)];
            System.arraycopy(row, 1, logprobs, start, row.length - 1);
        }
    }

    private static float[] joined(List<float[]> parts) {
        float[] joined = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int end = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, joined, end, part.length);
            end += part.length;
        }
        return joined;
    }
}
