package org.drllava.report;

import java.util.List;
import java.util.Objects;

/**
 * A picture and what one or several models answered about it, side by side.
 *
 * @param png     the picture as the model saw it, a PNG file's bytes
 * @param caption a line below it, also its alternative text
 * @param truth   what the picture shows, in words
 * @param takes   one a model, all over the same questions
 */
public record SampleConversation(byte[] png, String caption, String truth, List<Take> takes) {

    /** One model's answers. */
    public record Take(String arm, List<SampleTurn> turns) {
        public Take {
            Objects.requireNonNull(arm, "arm");
            turns = List.copyOf(turns);
        }
    }

    public SampleConversation {
        Objects.requireNonNull(png, "png");
        Objects.requireNonNull(caption, "caption");
        Objects.requireNonNull(truth, "truth");
        takes = List.copyOf(takes);
        if (takes.stream().map(SampleConversation::questions).distinct().count() > 1) {
            throw new IllegalArgumentException("the takes of \"" + caption + "\" answer different questions");
        }
    }

    private static List<String> questions(Take take) {
        return take.turns.stream().map(SampleTurn::question).toList();
    }
}
