package org.drllava.dataset;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.drllava.model.LlavaModel;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Team;
import org.drllava.tensor.Team.Share;
import org.drllava.tensor.Tensors;

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
     * Runs the tower over {@code images} pictures, {@code unit} at a time, each unit on one rank of the team; the features of
     * all belong to the innermost scope.
     *
     * @param pixels the n-th picture, [3, side, side] row-major, as the model sees it; asked for this rank's {@link #share} only
     * @param done   told how many pictures more are done
     */
    public static ImageFeatures compute(LlavaModel model, Team team, int images, int unit, IntFunction<float[]> pixels, IntConsumer done) {
        int side = model.config().vision().imageSize();
        long width = model.config().vision().hiddenSize();
        Tensor all = Tensors.empty(model.device(), model.dtype(), images, model.config().imageFeatures(), width);
        Share mine = share(images, unit, team, team.ranks().rank());
        team.workers().map((mine.size() + unit - 1) / unit, index -> {
            int from = mine.from() + index * unit;
            int to = Math.min(mine.to(), from + unit);
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
        team.ranks().allGather(parts(all, unit, team));
        return new ImageFeatures(all);
    }

    /** The pictures that a rank sees, whole units. */
    public static Share share(int images, int unit, Team team, int rank) {
        Share units = team.share((images + unit - 1) / unit, rank);
        return new Share(units.from() * unit, Math.min(images, units.to() * unit));
    }

    private static List<MemorySegment> parts(Tensor all, int unit, Team team) {
        MemorySegment memory = all.memory();
        int images = (int) all.size(0);
        return IntStream.range(0, team.ranks().size()).mapToObj(rank -> share(images, unit, team, rank))
                .map(share -> memory.asSlice(share.from() * memory.byteSize() / images, share.size() * memory.byteSize() / images)).toList();
    }

    /** @param images numbers of pictures; @return [images, features, vision hidden] */
    public Tensor select(int... images) {
        return Ops.indexSelect(features, 0, Tensors.of(features.device(), images, images.length));
    }

    public int images() {
        return (int) features.size(0);
    }
}
