package org.drllava.demo;

import java.util.ArrayList;
import java.util.List;
import org.drllava.clinical.painted.AtlasPainter;
import org.drllava.clinical.painted.AtlasPicture;
import org.drllava.image.ClipPreprocessor;
import org.drllava.pretrain.CaptionedPictures;
import org.drllava.tensor.Workers;

/** Painted atlas pictures with their captions: cells of all kinds in random mixes, no patients, no diagnoses. */
record Atlas(Pictures pictures, List<int[]> captions) implements CaptionedPictures {
    static Atlas paint(DemoSettings settings, ClipPreprocessor preprocessor, Workers workers) {
        List<AtlasPicture> painted = workers.map(settings.atlasPictures(), i -> AtlasPainter.paint(settings.seed(), i, settings.imageSize()));
        return new Atlas(new Pictures(new ArrayList<>(painted.stream().map(AtlasPicture::picture).toList()), preprocessor),
                painted.stream().map(AtlasPicture::phrases).toList());
    }

    @Override
    public int size() {
        return captions.size();
    }

    @Override
    public int phrases() {
        return AtlasPicture.PHRASES.size();
    }

    @Override
    public float[] pixels(int index, int turn) {
        return pictures.pixels(index, turn);
    }

    @Override
    public int[] caption(int index) {
        return captions.get(index);
    }
}
