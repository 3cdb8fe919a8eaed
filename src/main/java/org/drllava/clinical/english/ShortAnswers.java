package org.drllava.clinical.english;

/**
 * Segments that only say yes or no, to what the text itself asks or heads with a colon: "Abnormal? No." · "ST elevation: none" ·
 * "You ask whether it is normal: it is not."
 */
final class ShortAnswers {
    private static final int LONGEST = 8;
    private static final int LONGEST_QUESTION = 40;

    private final Findings findings;
    private final Utterance text;

    ShortAnswers(Findings findings) {
        this.findings = findings;
        this.text = findings.text();
    }

    /** Gives a mention the stance that its answer gives it. */
    void apply(Mention mention) {
        if (mention.isAnswer()) {
            return;
        }
        int next = text.segmentAfter(mention.end());
        int sentence = next;
        while (sentence < text.size() && text.before(sentence) < Chunks.STOP && sentence - next < LONGEST_QUESTION) {
            sentence = text.segmentAfter(sentence + 1);
        }
        if (text.before(sentence) == Chunks.QUESTION) {
            mention.meant(Stance.ASKED);
            next = sentence;
        }
        boolean asked = mention.stance() == Stance.ASKED;
        if (next < text.size() && (asked || text.before(next) < Chunks.STOP)) {
            var answer = of(next, asked);
            if (answer == Stance.DENIED || answer == Stance.OPEN || answer == Stance.ASSERTED && asked) {
                mention.meant(answer);
            }
        }
    }

    /** What a segment that only says yes or no makes of what it speaks of; null for another segment. */
    private Stance of(int from, boolean asked) {
        int end = text.segmentAfter(from + 1);
        int words = end - from;
        if (words > LONGEST) {
            return null;
        }
        if (mentions(from, end)) { // "blasts: not increased"
            return words == 2 && findings.cue(from) == Cue.NOT && findings.mentionAt(from + 1) != null && !findings.mentionAt(from + 1).asserts()
                    ? Stance.DENIED : null;
        }
        var first = text.word(from);
        if (words == 1) {
            return switch (first.text()) {
                case "no", "none", "not", "absent", "negative", "never", "nope", "excluded", "nil" -> Stance.DENIED;
                case "yes", "present", "positive", "yep", "yeah", "indeed" -> Stance.ASSERTED;
                default -> null;
            };
        }
        if (first.is(Role.DENIAL)) {
            return asked || words == 2 && findings.cue(from) == Cue.DENIES ? Stance.DENIED : null;
        }
        if (!first.is(Role.PRONOUN)) {
            return null;
        }
        int cue = findings.cueStart(end - 1);
        if (cue >= 0 && findings.cue(cue) == Cue.OPENS) {
            return Stance.OPEN;
        }
        boolean not = text.word(end - 1).is(Role.NOT) || text.word(end - 2).is(Role.NOT); // "it is not", "there are not any"
        return not ? Stance.DENIED : words == 2 && text.word(end - 1).is(Role.VERB) ? Stance.ASSERTED : null;
    }

    private boolean mentions(int from, int end) {
        for (int i = from; i < end; i++) {
            if (findings.mentionAt(i) != null && !findings.mentionAt(i).isAnswer()) {
                return true;
            }
        }
        return false;
    }
}
