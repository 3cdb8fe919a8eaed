package org.drllava.model;

import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Matrix;
import org.drllava.tensor.Tensor;

/** Queries, keys and values as one product gives them, side by side: [rows, (heads + 2 kvHeads) * head]. */
record JoinedHeads(Matrix turned, Matrix queries, Matrix keys, Matrix values) {
    /** {@code turned}: queries and keys together, which positions turn. */
    static JoinedHeads of(Text config, Tensor joined) {
        Matrix all = Matrix.of(joined);
        long queries = (long) config.heads() * config.headSize();
        long keys = (long) config.kvHeads() * config.headSize();
        return new JoinedHeads(all.columns(0, queries + keys), all.columns(0, queries), all.columns(queries, keys), all.columns(queries + keys, keys));
    }
}
