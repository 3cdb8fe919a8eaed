package org.drllava.clinical.english;

/** What somebody else holds, and what the text thinks of it: "The doctor believes it is AML, and I agree." · "…, which I cannot confirm." */
final class Opinions {
    private static final int VERDICT_WITHIN = 40;

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
                opinions.judge(i);
            }
        }
    }

    private void judge(int holder) {
        var verdict = verdict(holder);
        int end = holder + 1;
        while (end < findings.text().size() && clauses.together(end, holder) && findings.cue(end) != Cue.OTHERS_HOLD) {
            end++;
        }
        for (var mention : findings.mentions()) {
            if (mention.start() > holder && mention.start() < end) {
                mention.meant(judged(mention.stance(), verdict));
            }
        }
    }

    /** @param held how the other means it */
    private static Stance judged(Stance held, Cue verdict) {
        return switch (verdict) {
            case AFFIRMS -> Stance.ASSERTED;
            case NEGATES -> Stance.DENIED;
            case AGREES -> held;
            case DISAGREES -> held.isSaid() ? Stance.DENIED : held == Stance.DENIED ? Stance.ASSERTED : held;
            case null, default -> Stance.ASKED;
        };
    }

    /** The first verdict behind an opinion, or else the last one before it in its sentence; null for none. */
    private Cue verdict(int holder) {
        var text = findings.text();
        for (int i = holder + 1; i < Math.min(text.size(), holder + VERDICT_WITHIN); i++) {
            if (isVerdict(findings.cue(i))) {
                return findings.cue(i);
            }
        }
        for (int i = holder - 1; i >= Math.max(0, holder - VERDICT_WITHIN) && text.before(i + 1) < Chunks.STOP; i--) {
            if (isVerdict(findings.cue(i))) {
                return findings.cue(i);
            }
            if (findings.cue(i) == Cue.DENIES_PHRASE && clauses.together(i, holder)) {
                return Cue.DISAGREES; // "contrary to what the doctor says"
            }
        }
        return null;
    }

    private static boolean isVerdict(Cue cue) {
        return cue == Cue.AGREES || cue == Cue.DISAGREES || cue == Cue.AFFIRMS || cue == Cue.NEGATES;
    }
}
