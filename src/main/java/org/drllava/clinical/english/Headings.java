package org.drllava.clinical.english;

/** Words that head others without a verb: "Absent: opacities, effusions." · "Depression, yes; elevation, no." */
final class Headings {
    private static final int LONGEST = 4;

    private final Findings findings;
    private final Utterance text;

    private Headings(Findings findings) {
        this.findings = findings;
        this.text = findings.text();
    }

    static void apply(Findings findings) {
        var headings = new Headings(findings);
        if (findings.anyCue()) {
            headings.denyListed();
        }
        headings.releaseAnswers();
    }

    private void denyListed() {
        for (int from = 0; from < text.size(); from++) {
            if (!beginsSentence(from)) {
                continue;
            }
            int end = text.segmentAfter(from + 1);
            if (end < text.size() && text.before(end) == Chunks.BREAK && denies(from, end)) {
                for (var mention : findings.mentions()) {
                    if (mention.start() >= end && mention.stance().isSaid() && !text.sentenceEnds(from, mention.start())) {
                        mention.meant(Stance.DENIED);
                    }
                }
            }
        }
    }

    /** Whether the words are only a denial, and one that says of what follows that it is not there: not "no" or "negative". */
    private boolean denies(int from, int end) {
        boolean denies = false;
        for (int i = from; i < end; i++) {
            int cue = findings.cueStart(i);
            boolean denial = cue >= 0 && (findings.cue(cue) == Cue.DENIES || findings.cue(cue) == Cue.NOT);
            var mention = findings.mentionAt(i);
            if (!denial && (mention == null || mention.asserts())) {
                return false;
            }
            denies |= denial;
        }
        var first = text.word(from).text();
        return denies && end - from <= LONGEST && !first.equals("negative") && !first.equals("nil");
    }

    /** Yes and no in one text, each behind a heading, answer the headings and not the question. */
    private void releaseAnswers() {
        Mention one = null;
        boolean several = false;
        for (var mention : findings.mentions()) {
            if (mention.isAnswer()) {
                if (!isHeaded(mention)) {
                    return;
                }
                several |= one != null && !one.belongsWith(mention);
                one = mention;
            }
        }
        if (several) {
            for (var mention : findings.mentions()) {
                if (mention.isAnswer()) {
                    mention.meant(Stance.ASKED);
                }
            }
        }
    }

    /** Whether a few words without a verb stand before the answer in its sentence, and nothing behind it in its segment. */
    private boolean isHeaded(Mention answer) {
        int from = answer.start();
        while (from > 0 && !beginsSentence(from) && answer.start() - from < LONGEST && !text.word(from - 1).is(Role.VERB)) {
            from--;
        }
        return from < answer.start() && beginsSentence(from) && (answer.end() == text.size() || text.begins(answer.end()));
    }

    private boolean beginsSentence(int word) {
        return word == 0 || text.before(word) >= Chunks.STOP;
    }
}
