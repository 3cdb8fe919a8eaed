package org.drllava.clinical.english;

/**
 * A phrase made ready to match.
 *
 * @param elements what each place asks for, as numbers of {@link Rulebook}; {@link #GAP} for a gap
 * @param cue      what the phrase says of its neighbours; null where it names something
 * @param pattern  what the phrase names; null for a cue
 */
record Rule(Phrase phrase, int[] elements, Cue cue, Pattern pattern) {
    static final int GAP = -1;

    /** Index behind the last matched word when the phrase stands at word {@code at}, else -1. */
    int match(Utterance text, int at) {
        return phrase.first() && at > 0 ? -1 : match(text, at + 1, 1);
    }

    private int match(Utterance text, int at, int place) {
        for (int i = place; i < elements.length; i++, at++) {
            if (elements[i] == GAP) {
                return matchBehindGap(text, at, i + 1);
            }
            if (at >= text.size() || text.before(at) != Chunks.NONE || !text.fits(at, elements[i])) {
                return -1;
            }
        }
        return phrase.last() && at < text.size() && text.before(at) == Chunks.NONE ? -1 : at;
    }

    private int matchBehindGap(Utterance text, int at, int place) {
        for (int skipped = 0; skipped <= Phrase.LONGEST_GAP && at < text.size() && text.before(at) == Chunks.NONE; skipped++, at++) {
            if (text.fits(at, elements[place])) {
                int end = match(text, at + 1, place + 1);
                if (end >= 0) {
                    return end;
                }
            }
            // A gap that ran over "and", "but" or "not" would join what the text keeps apart.
            if (text.word(at).is(Role.AND | Role.OR | Role.TURN | Role.DENIAL)) {
                return -1;
            }
        }
        return -1;
    }
}
