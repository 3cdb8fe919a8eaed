package org.drllava.bench;

import java.util.List;
import org.drllava.model.LlamaModule;
import org.drllava.model.LlavaConfig;
import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.PackedWeight;
import org.drllava.tensor.Products;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Workers;

/** How fast this process could be if it did nothing but the products of matrices that an iteration cannot do without. */
final class Ceiling {
    private static final long NANOS = 200_000_000;
    private static final int ROWS = 96;
    private static final int WIDTH = 512;

    private Ceiling() {}

    /** Operations a second of all workers at once, on a product that stays in their caches; the best of some tries. */
    static double operationsPerSecond(Workers workers, DType dtype) {
        double best = 0;
        for (int attempt = 0; attempt < 3; attempt++) {
            best = Math.max(best, workers.map(workers.count(), _ -> alone(dtype)).stream().mapToDouble(rate -> rate).sum());
        }
        return best;
    }

    private static double alone(DType dtype) {
        Tensor x = Tensors.zeros(Device.CPU, DType.FLOAT32, ROWS, WIDTH);
        Tensor y = Tensors.empty(Device.CPU, DType.FLOAT32, ROWS, WIDTH);
        PackedWeight weight = PackedWeight.of(Tensors.zeros(Device.CPU, DType.FLOAT32, WIDTH, WIDTH), dtype);
        long start = System.nanoTime();
        long products = 0;
        while (System.nanoTime() - start < NANOS) {
            Products.linear(Columns.of(y), Columns.of(x), weight, null, 1);
            products++;
        }
        return 2.0 * ROWS * WIDTH * WIDTH * products / ((System.nanoTime() - start) / 1e9);
    }

    /**
     * Operations of one iteration: every token once through the decoder in the rollout, three times when it is scored, there
     * and back for policy and value in every epoch; and the vocabulary for answer tokens. A multiply-add counts as two.
     */
    static double operations(LlavaConfig config, Workload workload, long sequenceTokens) {
        LlavaConfig.Text text = config.text();
        double decoder = 2.0 * text.layers() * List.of(LlamaModule.values()).stream().mapToDouble(m -> m.inputs(text) * m.outputs(text)).sum();
        double head = 2.0 * text.hiddenSize() * text.vocabularySize();
        double tokens = (double) workload.conversations() * sequenceTokens;
        double epochs = workload.ppoEpochs();
        return tokens * decoder * (1 + 3 + 4 * epochs) + workload.newTokens() * head * (1 + 2 + 2 * epochs);
    }
}
