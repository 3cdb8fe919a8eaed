package org.drllava.clinical.english;

/** Decides for each mention of a text how it is meant: from the cues in its clause, then from what else the text says. */
final class Stances {
    private Stances() {}

    static void decide(Findings findings) {
        var clauses = new Clauses(findings);
        var ahead = new Ahead(findings, clauses);
        var behind = new Behind(findings, clauses);
        for (var mention : findings.mentions()) {
            mention.meant(of(mention, ahead, behind));
        }
        if (findings.anyCue()) {
            Suppositions.apply(findings, clauses);
            if (findings.any(Cue.OTHERS_HOLD) && findings.mentions().size() <= Revisions.MOST_MENTIONS) {
                Opinions.apply(findings, clauses);
            }
        }
        Revisions.apply(findings, clauses);
    }

    private static Stance of(Mention mention, Ahead ahead, Behind behind) {
        var before = ahead.of(mention);
        if (before != null && !before.isWeak() && before != Stance.DENIED) {
            return before;
        }
        var after = behind.of(mention);
        if (before == Stance.DENIED) {
            // "Neither AML nor MM can be confirmed or excluded", "there was no ST elevation yesterday"
            return after == Stance.OPEN || after == Stance.ASKED ? after : before;
        }
        return before == Stance.POSSIBLE && (after == null || after.isWeak()) ? before : after != null ? after : before != null ? before : Stance.ASSERTED;
    }
}
