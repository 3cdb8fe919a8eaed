package org.drllava.clinical.english;

/**
 * A phrase made ready to match.
 *
 * @param elements what each place asks for, as numbers of {@link Rulebook}; {@link #GAP} for a gap
 * @param second   what the second word must be; {@link #GAP} where that may be any or there is none
 * @param cue      what the phrase says of its neighbours; null where it names something
 * @param pattern  what the phrase names; null for a cue
 */
record Rule(Phrase phrase, int[] elements, int second, Cue cue, Pattern pattern) {
    static final int GAP = -1;

    Rule(Phrase phrase, int[] elements, Cue cue, Pattern pattern) {
        this(phrase, elements, elements.length == 1 ? GAP : elements[1], cue, pattern);
    }

    /** Index behind the last matched word when the phrase stands at word {@code at}, else -1. The first place is not looked at. */
    int matchRest(WordRow text, int at) {
        return phrase.first() && at > 0 ? -1 : match(text, at + 1, 1);
    }

    private int match(WordRow text, int at, int place) {
        for (int i = place; i < elements.length; i++, at++) {
            if (elements[i] == GAP) {
                int behind = i + 1;
                while (elements[behind] == GAP) {
                    behind++;
                }
                return matchBehindGap(text, at, behind, (behind - i) * Phrase.LONGEST_GAP);
            }
            if (at >= text.size() || text.begins(at) || !text.fits(at, this, i)) {
                return -1;
            }
        }
        return phrase.last() && at < text.size() && !text.begins(at) ? -1 : at;
    }

    private int matchBehindGap(WordRow text, int at, int place, int longest) {
        for (int skipped = 0; skipped <= longest && at < text.size() && !text.begins(at); skipped++, at++) {
            if (text.fits(at, this, place)) {
                int end = match(text, at + 1, place + 1);
                if (end >= 0) {
                    return end;
                }
            }
            if (text.stopsGap(at)) {
                return -1;
            }
        }
        return -1;
    }
}
