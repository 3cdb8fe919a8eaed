package org.drllava.model;

import java.util.Map;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Columns;
import org.drllava.tensor.Products;
import org.drllava.tensor.Tensor;

/**
 * Joined layers with their updates.
 *
 * @param update or null
 * @param merged whether the weight holds the update already, so that only its gradients are of interest
 */
record PackedLayer(PackedWeights.Layer weight, PackedUpdate update, boolean merged) {
    /** @param adapter or null */
    static PackedLayer of(Text config, PackedWeights.Layer weight, int number, LoraAdapter adapter, boolean merged) {
        PackedUpdate update = adapter == null ? null : PackedUpdate.of(config, adapter, number, weight.modules(), weight.back() != null, merged);
        return new PackedLayer(weight, update, merged);
    }

    /** @param x [rows, in]; @param residual [rows, out], added; or null */
    Tensor forward(Tensor x, Tensor residual) {
        return beside() ? update.forward(x, weight.there(), residual) : Products.linear(x, weight.there(), residual);
    }

    /** As {@link #forward(Tensor, Tensor)} into memory of the caller's. @param low [rows, at least {@link #lowWidth}] to work in */
    void forward(Columns y, Columns x, Columns residual, Tensor low) {
        if (beside()) {
            update.forward(y, x, weight.there(), residual, new Columns(low, 0, lowWidth()));
        } else {
            Products.linear(y, x, weight.there(), residual, 1);
        }
    }

    long lowWidth() {
        return beside() ? update.lowWidth() : 0;
    }

    /** What {@link #back} and {@link #write} share; null without an update. @param dy [rows, out] */
    Tensor lowBack(Tensor dy) {
        return update == null ? null : update.lowBack(dy);
    }

    /** The gradient of x. */
    Tensor back(Tensor dy, Tensor low) {
        return beside() ? update.back(dy, low, weight.back()) : Products.linear(dy, weight.back(), null);
    }

    /** Writes the updates' gradients. */
    void write(Tensor x, Tensor dy, Tensor low, Map<String, Tensor> gradients) {
        if (update != null) {
            update.write(x, dy, low, gradients);
        }
    }

    private boolean beside() {
        return update != null && !merged;
    }
}
