package org.drllava.model;

import java.util.ArrayList;
import java.util.List;
import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/** What a recorded pass of {@link PackedLlama} leaves for the way back. The memory is that of the scope it ran in. */
final class PackedTape {
    /** A block's share; what is not here is computed again. */
    static final class Layer {
        private final Tensor input;
        private Tensor inverse;
        private Tensor index;
        private Tensor joined;
        private Columns queries;
        private Tensor attended;
        private Tensor logSumExp;
        private Tensor middle;
        private Tensor middleInverse;
        private Tensor gateUp;

        Layer(Tensor input) {
            this.input = input;
        }

        Tensor inverse(Tensor hidden) {
            return inverse = rows(hidden);
        }

        Tensor middleInverse(Tensor hidden) {
            return middleInverse = rows(hidden);
        }

        void attention(Tensor index, Tensor joined, Columns queries, Tensor attended, Tensor logSumExp, Tensor middle) {
            this.index = index;
            this.joined = joined;
            this.queries = queries;
            this.attended = attended;
            this.logSumExp = logSumExp;
            this.middle = middle;
        }

        void feedForward(Tensor gateUp) {
            this.gateUp = gateUp;
        }

        /** Whether there is more than {@link #input}. */
        boolean complete() {
            return gateUp != null;
        }

        /** [rows, hidden], what the block read */
        Tensor input() {
            return input;
        }

        /** [rows], of its norm */
        Tensor inverse() {
            return inverse;
        }

        /** int64, which of the rows looked; null when all did */
        Tensor index() {
            return index;
        }

        /** queries, keys and values, turned: see {@link JoinedHeads} */
        Tensor joined() {
            return joined;
        }

        /** those of the rows that looked */
        Columns queries() {
            return queries;
        }

        Tensor attended() {
            return attended;
        }

        Tensor logSumExp() {
            return logSumExp;
        }

        /** [looking, hidden], between attention and feed-forward */
        Tensor middle() {
            return middle;
        }

        Tensor middleInverse() {
            return middleInverse;
        }

        /** [looking, 2 inner] */
        Tensor gateUp() {
            return gateUp;
        }
    }

    private final PackedRows rows;
    private final PackedRows wanted;
    private final List<Layer> layers = new ArrayList<>();
    private Tensor last;
    private Tensor lastInverse;
    private Tensor states;

    PackedTape(PackedRows rows, PackedRows wanted) {
        this.rows = rows;
        this.wanted = wanted;
    }

    Layer next(Tensor input) {
        Layer layer = new Layer(input);
        layers.add(layer);
        return layer;
    }

    Tensor inverse(Tensor hidden) {
        return lastInverse = rows(hidden);
    }

    void finish(Tensor last, Tensor states) {
        this.last = last;
        this.states = states;
    }

    private static Tensor rows(Tensor hidden) {
        return Tensors.empty(hidden.device(), DType.FLOAT32, hidden.size(0));
    }

    PackedRows rows() {
        return rows;
    }

    PackedRows wanted() {
        return wanted;
    }

    /** Which rows have queries. @param last whether in the last block */
    PackedRows looking(boolean last) {
        return last ? wanted : rows;
    }

    List<Layer> layers() {
        return layers;
    }

    /** [wanted, hidden], before the final norm */
    Tensor last() {
        return last;
    }

    Tensor lastInverse() {
        return lastInverse;
    }

    /** [wanted, hidden], after it */
    Tensor states() {
        return states;
    }
}
