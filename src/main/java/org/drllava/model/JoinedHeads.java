package org.drllava.model;

import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Columns;
import org.drllava.tensor.Tensor;

/** Queries, keys and values as one product gives them, side by side: [rows, (heads + 2 kvHeads) * head]. */
record JoinedHeads(Columns turned, Columns queries, Columns keys, Columns values) {
    /** {@code turned}: queries and keys together, which positions turn. */
    static JoinedHeads of(Text config, Tensor joined) {
        long queries = (long) config.heads() * config.headSize();
        long keys = (long) config.kvHeads() * config.headSize();
        return new JoinedHeads(new Columns(joined, 0, queries + keys), new Columns(joined, 0, queries), new Columns(joined, queries, keys),
                new Columns(joined, queries + keys, keys));
    }
}
