package org.drllava.dataset;

import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.drllava.model.LlavaModel;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.drllava.tensor.Workers;

/**
 * The vision tower's features of every picture of a data set, computed once: the tower is frozen in everything that uses
 * them.
 */
public final class ImageFeatures {
    private final Tensor features;

    private ImageFeatures(Tensor features) {
        this.features = features;
    }

    /**
     * Runs the tower over {@code images} pictures, {@code unit} at a time; the features belong to the innermost scope.
     *
     * @param pixels the n-th picture, [3, side, side] row-major, as the model sees it
     * @param done   told how many pictures more are done
     */
    public static ImageFeatures compute(LlavaModel model, Workers workers, int images, int unit, IntFunction<float[]> pixels,
            IntConsumer done) {
        int side = model.config().vision().imageSize();
        long width = model.config().vision().hiddenSize();
        Tensor all = Tensors.empty(model.device(), model.dtype(), images, model.config().imageFeatures(), width);
        int units = (images + unit - 1) / unit;
        workers.map(units, index -> {
            int from = index * unit;
            int to = Math.min(images, from + unit);
            float[] batch = new float[(to - from) * 3 * side * side];
            for (int image = from; image < to; image++) {
                float[] one = pixels.apply(image);
                System.arraycopy(one, 0, batch, (image - from) * one.length, one.length);
            }
            try (Autograd.Guard off = Autograd.off()) {
                Tensor computed = model.visionFeatures(Tensors.of(Device.CPU, batch, to - from, 3, side, side));
                Ops.copyInto(Ops.slice(all, 0, from, to), computed);
            }
            synchronized (all) {
                done.accept(to - from);
            }
            return null;
        });
        return new ImageFeatures(all);
    }

    /** @param images numbers of pictures; @return [images, features, vision hidden] */
    public Tensor select(int... images) {
        return Ops.indexSelect(features, 0, Tensors.of(features.device(), images, images.length));
    }

    public int images() {
        return (int) features.size(0);
    }
}
