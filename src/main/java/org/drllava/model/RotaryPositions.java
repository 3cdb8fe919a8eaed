package org.drllava.model;

import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Layers;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/**
 * Rotary position embedding (arXiv 2104.09864) as LLaMA pairs it: element i turns with element i + head/2 by the angle
 * {@code position / theta^(2i / head)}. Tables are made once, in float32; rows of them are cast to the model's dtype.
 */
final class RotaryPositions {
    private final Tensor cosines;
    private final Tensor sines;
    private final DType dtype;

    /** Tables for positions below {@code positions}; they belong to the innermost scope. */
    RotaryPositions(Text config, int positions, Device device, DType dtype) {
        this.dtype = dtype;
        int head = config.headSize();
        float[] cos = new float[positions * head];
        float[] sin = new float[positions * head];
        for (int i = 0; i < head / 2; i++) {
            // float32 at each step, as PyTorch computes inv_freq and its outer product with the positions
            float inverse = (float) (1.0 / Math.pow(config.ropeTheta(), 2.0 * i / head));
            for (int p = 0; p < positions; p++) {
                float angle = p * inverse;
                float c = (float) Math.cos(angle);
                float s = (float) Math.sin(angle);
                cos[p * head + i] = c;
                cos[p * head + i + head / 2] = c;
                // The first half meets minus the second half: the sign lives in the table.
                sin[p * head + i] = -s;
                sin[p * head + i + head / 2] = s;
            }
        }
        cosines = Tensors.of(device, cos, positions, head);
        sines = Tensors.of(device, sin, positions, head);
    }

    /** @param positions int64 [rows]; the result belongs to the innermost scope */
    Rows rows(Tensor positions) {
        return new Rows(gathered(cosines, positions), gathered(sines, positions));
    }

    private Tensor gathered(Tensor table, Tensor positions) {
        return Ops.to(Ops.view(Ops.indexSelect(table, 0, positions), positions.elements(), 1, table.size(1)), dtype);
    }

    /**
     * Tables for the rows of one pass.
     *
     * @param cosines   [rows, 1, head]
     * @param sines     the same, negative in the first half
     */
    record Rows(Tensor cosines, Tensor sines) {
        /** The tables of some of the rows. @param index int64 [n] */
        Rows select(Tensor index) {
            return new Rows(Ops.indexSelect(cosines, 0, index), Ops.indexSelect(sines, 0, index));
        }

        /** @param x [rows, heads, head]; @return the same, rotated */
        Tensor apply(Tensor x) {
            Tensor swapped = Ops.rollLast(x, x.size(2) / 2);
            return Ops.add(Ops.multiply(x, cosines), Ops.multiply(swapped, sines));
        }
    }

    /** Rotates heads that lie side by side, in place and not recorded, or back. @param x [rows, heads * head]; @param positions int64 [rows] */
    void turn(Columns x, Tensor positions, boolean back) {
        Layers.rotary(x, cosines, sines, positions, back);
    }
}
