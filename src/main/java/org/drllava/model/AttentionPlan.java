package org.drllava.model;

import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;

/** Where the rows of one forward pass stand in their sequences, and which keys each of them sees. */
interface AttentionPlan {
    /** Cosines and sines of the rows' positions. */
    RotaryPositions.Rows rotary();

    /**
     * @param q [rows, heads, head], rotated; @param k [rows, kvHeads, head], rotated; @param v as k
     * @return [rows, heads * head]
     */
    Tensor attend(int layer, Tensor q, Tensor k, Tensor v);

    default Tensor rotate(Tensor x) {
        return rotary().apply(x);
    }

    /** Rows are {@code batch} sequences of {@code time} tokens, padded on the right, so plain causal attention is right. */
    record Causal(int batch, int time, RotaryPositions.Rows rotary) implements AttentionPlan {
        @Override
        public Tensor attend(int layer, Tensor q, Tensor k, Tensor v) {
            Tensor out = Ops.attention(byHead(q), byHead(k), byHead(v), null, true);
            return Ops.reshape(Ops.permute(out, 0, 2, 1, 3), (long) batch * time, q.size(1) * q.size(2));
        }

        /**
         * Attention of some rows only, over the keys of their whole sequences.
         *
         * @param q [n, heads, head], rotated, of the rows chosen; @param k [batch * time, kvHeads, head]; @param v as k
         * @return [n, heads * head]
         */
        Tensor attend(ChosenRows chosen, Tensor q, Tensor k, Tensor v) {
            Tensor padded = Ops.indexSelect(q, 0, chosen.padded());
            Tensor queries = Ops.permute(Ops.view(padded, batch, chosen.most(), q.size(1), q.size(2)), 0, 2, 1, 3);
            Tensor out = Ops.permute(Ops.attention(queries, byHead(k), byHead(v), chosen.visible(), false), 0, 2, 1, 3);
            return Ops.indexSelect(Ops.reshape(out, (long) batch * chosen.most(), q.size(1) * q.size(2)), 0, chosen.unpadded());
        }

        private Tensor byHead(Tensor x) {
            return Ops.permute(Ops.view(x, batch, time, x.size(1), x.size(2)), 0, 2, 1, 3);
        }
    }
}
