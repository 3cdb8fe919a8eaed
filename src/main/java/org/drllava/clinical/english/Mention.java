package org.drllava.clinical.english;

import org.drllava.clinical.english.Pattern.Use;

/** Words of a text that a pattern stands for, and how the text means them. */
public final class Mention {
    private final Utterance text;
    private final Pattern pattern;
    private final int start;
    private final int end;
    private Stance stance = Stance.ASSERTED;

    Mention(Utterance text, Pattern pattern, int start, int end) {
        this.text = text;
        this.pattern = pattern;
        this.start = start;
        this.end = end;
    }

    public Pattern pattern() {
        return pattern;
    }

    public Stance stance() {
        return stance;
    }

    /** The words as they stand in the text. */
    public String words() {
        return text.text(start, end);
    }

    /** The words with typing errors mended; equal to {@link #words} where there are none. */
    public String readAs() {
        return text.isMended(start, end) ? text.readAs(start, end) : words();
    }

    /** Whether it is a bare yes or no. */
    public boolean isAnswer() {
        return end == start + 1 && text.word(start).is(Role.ANSWER);
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    boolean asserts() {
        return pattern.use() == Use.ASSERTS;
    }

    boolean belongsWith(Mention other) {
        return pattern.owner() == other.pattern.owner() && pattern.use() != Use.NOTHING && other.pattern.use() != Use.NOTHING;
    }

    void meant(Stance how) {
        stance = how;
    }
}
