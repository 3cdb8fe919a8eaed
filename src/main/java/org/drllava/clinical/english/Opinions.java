package org.drllava.clinical.english;

/** What somebody else holds, which the text takes up: "The doctor believes it is AML, and I agree." · "…, which I cannot confirm." */
final class Opinions {
    private final Findings findings;
    private final Clauses clauses;

    private Opinions(Findings findings, Clauses clauses) {
        this.findings = findings;
        this.clauses = clauses;
    }

    static void apply(Findings findings, Clauses clauses) {
        var opinions = new Opinions(findings, clauses);
        for (int i = 0; i < findings.text().size(); i++) {
            if (findings.cue(i) == Cue.OTHERS_HOLD) {
                opinions.takeUp(i);
            }
        }
    }

    private void takeUp(int holder) {
        var verdict = verdict(holder);
        for (var mention : findings.mentions()) {
            if (verdict != null && mention.start() > holder && clauses.together(mention.start(), holder) && mention.stance() == Stance.ASKED) {
                mention.meant(verdict);
            }
        }
    }

    /** What the text thinks of an opinion: the first that it says behind it, or else before it in the sentence; null for nothing. */
    private Stance verdict(int holder) {
        for (int i = holder + 1; i < findings.text().size(); i++) {
            if (verdictAt(i) != null) {
                return verdictAt(i);
            }
        }
        for (int i = holder; i > 0 && findings.text().before(i) < Chunks.STOP; i--) {
            if (verdictAt(i - 1) != null) {
                return verdictAt(i - 1);
            }
        }
        return null;
    }

    private Stance verdictAt(int word) {
        var cue = findings.cue(word);
        return cue == Cue.AGREES ? Stance.ASSERTED : cue == Cue.DISAGREES ? Stance.DENIED : null;
    }
}
