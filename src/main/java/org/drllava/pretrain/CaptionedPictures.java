package org.drllava.pretrain;

/** Pictures with captions made of phrases from a fixed list. */
public interface CaptionedPictures {
    int size();

    /** Different phrases there are. */
    int phrases();

    /** Picture {@code index}, [3, side, side] row-major, normalised; turned and mirrored as {@code turn} (0 to 7) says. */
    float[] pixels(int index, int turn);

    /** The caption of picture {@code index}: numbers of phrases. */
    int[] caption(int index);
}
