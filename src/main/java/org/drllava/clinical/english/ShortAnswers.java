package org.drllava.clinical.english;

/**
 * Segments that only say yes or no, to what the text itself asks or heads with a colon: "Abnormal? No." · "ST elevation: none" ·
 * "You ask whether it is normal: it is not."
 */
final class ShortAnswers {
    private static final int LONGEST = 8;
    private static final int LONGEST_QUESTION = 40;
    private static final int LONGEST_TAG = 3;

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
        if (answersOwnQuestion(mention)) {
            mention.meant(Stance.ASKED);
            return;
        }
        int next = text.segmentAfter(mention.end());
        int sentence = next;
        while (sentence < text.size() && text.before(sentence) < Chunks.STOP && sentence - next < LONGEST_QUESTION) {
            sentence = text.segmentAfter(sentence + 1);
        }
        if (text.before(sentence) == Chunks.QUESTION && !isTag(sentence)) {
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

    /** Whether it is all of a segment that answers what the text itself asked about something: "Normal? <i>Definitely not.</i>" */
    private boolean answersOwnQuestion(Mention mention) {
        int start = mention.start();
        if (start == 0 || text.before(start) != Chunks.QUESTION || mention.end() != text.segmentAfter(start + 1)
                || verdict(start, mention.end()) == null) {
            return false;
        }
        for (int i = start - 1; i >= Math.max(0, start - LONGEST_QUESTION) && text.before(i + 1) != Chunks.STOP; i--) {
            if (findings.mentionAt(i) != null) {
                return true;
            }
        }
        return false;
    }

    /** What a segment is that begins with a verdict or ends in one; null for another. */
    private Stance verdict(int from, int end) {
        for (int i = from; i < end; i++) {
            boolean decides = findings.cue(i) != null && (findings.cueEnd(i) == end || i <= from + 1 && !mentions(findings.cueEnd(i), end));
            if (decides && findings.cue(i) == Cue.NEGATES) {
                return Stance.DENIED;
            }
            if (decides && findings.cue(i) == Cue.AFFIRMS) {
                return Stance.ASSERTED;
            }
        }
        return null;
    }

    /** Whether a question that ends before a word is only hung on: "it is not normal, <i>is it?</i>" · "AML, <i>what else?</i>" */
    private boolean isTag(int end) {
        int from = end - 1;
        while (from > 0 && !text.begins(from)) {
            from--;
        }
        boolean tag = text.word(from).is(Role.VERB) && text.word(end - 1).is(Role.PRONOUN)
                || text.word(from).text().equals("what") && text.word(end - 1).text().equals("else");
        return from > 0 && text.before(from) == Chunks.COMMA && end - from <= LONGEST_TAG && tag;
    }

    /** What a segment that only says yes or no makes of what it speaks of; null for another segment. */
    private Stance of(int from, boolean asked) {
        int end = text.segmentAfter(from + 1);
        if (end - from > LONGEST) {
            return null;
        }
        boolean joined = end - from > 1 && text.word(from).is(Role.CONTRAST | Role.AND); // "but it is not"
        if (asked && verdict(from, end) != null) {
            return verdict(from, end);
        }
        if (mentions(from, end)) {
            return deniesAgain(joined ? from + 1 : from, end) ? Stance.DENIED : null;
        }
        from += joined && asked ? 1 : 0;
        int words = end - from;
        var first = text.word(from);
        if (words == 1) {
            return switch (first.text()) {
                case "no", "none", "not", "absent", "negative", "never", "nope", "excluded", "nil", "hardly", "scarcely", "barely", "nowhere" ->
                        Stance.DENIED;
                case "yes", "present", "positive", "yep", "yeah", "indeed", "certainly", "definitely", "absolutely", "clearly" -> Stance.ASSERTED;
                default -> null;
            };
        }
        if (asked && first.is(Role.DENIAL) || isDenial(from, end)) {
            return Stance.DENIED;
        }
        if (!first.is(Role.PRONOUN)) {
            return null;
        }
        int cue = findings.cueStart(end - 1);
        if (cue >= 0 && findings.cue(cue) == Cue.OPENS) {
            return Stance.OPEN;
        }
        boolean not = text.word(end - 1).is(Role.DENIAL) || text.word(end - 2).is(Role.NOT); // "it is not", "I cannot", "there are not any"
        return not ? Stance.DENIED : words == 2 && text.word(end - 1).is(Role.VERB) ? Stance.ASSERTED : null;
    }

    /** "Blasts: not increased" · "There are blasts, but they are not increased": the denial of what would be said of it. */
    private boolean deniesAgain(int from, int end) {
        var first = text.word(from).text();
        boolean neither = first.equals("neither") || first.equals("none");
        int not = from;
        if (neither || text.word(from).is(Role.PRONOUN) && !first.equals("i")) {
            while (not < end && !(neither ? text.word(not).is(Role.VERB) : findings.cue(not) == Cue.NOT)) {
                not++;
            }
        }
        var said = not + 2 == end ? findings.mentionAt(not + 1) : null;
        return said != null && !said.asserts() && (neither || findings.cue(not) == Cue.NOT);
    }

    /** Whether the words are nothing but a denial: "fewer than 5 %", "not seen". */
    private boolean isDenial(int from, int end) {
        for (int i = from; i < end; i++) {
            if (findings.cueStart(i) < 0) {
                return false;
            }
        }
        return findings.cue(findings.cueStart(end - 1)) == Cue.DENIES;
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
