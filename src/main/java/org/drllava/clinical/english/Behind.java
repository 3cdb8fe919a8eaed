package org.drllava.clinical.english;

/** What the words behind a mention make of it. */
final class Behind {
    private static final int REACH = 7;
    private static final int LONGEST_LIST = 30;
    private static final int TELLING_APART = 2;
    private static final int REASON_WITHIN = 5;
    private static final int POINTED_WITHIN = 3;

    private final Findings findings;
    private final Utterance text;
    private final Clauses clauses;

    Behind(Findings findings, Clauses clauses) {
        this.findings = findings;
        this.text = findings.text();
        this.clauses = clauses;
    }

    /** What the words behind a mention make of it; null for nothing. */
    Stance of(Mention mention) {
        int end = mention.end();
        if (isReason(mention.start())) {
            return null;
        }
        Stance hedged = null;
        int reach = end + REACH;
        for (int i = end; i < Math.min(text.size(), reach) && clauses.together(i, end - 1); i++) {
            var cue = findings.cue(i);
            if (cue != null && !(cue == Cue.DENIES_AHEAD && text.word(i).is(Role.OR))) { // "neither AML <i>nor</i> MM can be proven or excluded"
                switch (cue) {
                    case NOT -> {
                        return tellsApart(findings.cueEnd(i), mention) ? hedged : Stance.DENIED;
                    }
                    case DISAGREES, NEGATES -> {
                        return isHeld(mention.start()) ? hedged : Stance.DENIED; // of somebody's opinion Opinions decides
                    }
                    case DENIES, DENIES_BEHIND -> {
                        return Stance.DENIED;
                    }
                    case OPENS -> {
                        return Stance.OPEN;
                    }
                    case ASKS_BEHIND, SUPPOSES, ONCE -> {
                        return Stance.ASKED;
                    }
                    case WOULD_BE -> {
                        return mention.asserts() && clauses.names(findings.cueEnd(i), text.size(), end - 1) ? Stance.ASKED : hedged;
                    }
                    case DENIES_AHEAD, DENIES_PHRASE, IMAGINES, OPENS_AHEAD, ASKS, UNABLE, PREFIX, ECHOES, COMPARES, OTHERS_HOLD -> {
                        return hedged;
                    }
                    case HEDGES -> hedged = hedged == Stance.POSSIBLE ? hedged : Stance.HEDGED;
                    case MAYBE -> hedged = Stance.POSSIBLE;
                    case MEANS_NOTHING, NOT_ALONE, AT_FIRST, GIVES_WAY, CORRECTS, AGREES, AFFIRMS, EXCEPTS, EXPLAINS_AWAY -> { }
                }
                i = findings.cueEnd(i) - 1;
                continue;
            }
            var word = text.word(i);
            if (word.is(Role.TURN) || word.text().equals("that")) {
                return hedged;
            }
            if (word.is(Role.AND | Role.OR)) {
                var joined = clauses.joined(i, 1);
                if (joined == null) {
                    return hedged;
                }
                reach = Math.min(reach + joined.end() - i, mention.end() + LONGEST_LIST);
                i = joined.end() - 1;
            } else if (findings.mentionAt(i) != null) {
                if (i > end && !text.word(i - 1).is(Role.JOINS)) {
                    return hedged;
                }
                end = findings.mentionAt(i).end(); // "bilateral haze is absent"
                i = end - 1;
            }
        }
        return hedged;
    }

    /** "Because of the <i>poor</i> quality I cannot tell", "with such a <i>poor</i> film …": a reason is there, whatever follows from it. */
    private boolean isReason(int start) {
        for (int i = start - 1; i >= Math.max(0, start - REASON_WITHIN) && clauses.together(i, start) && !text.word(i).is(Role.VERB); i--) {
            if (text.word(i).is(Role.CAUSE) || start - i <= POINTED_WITHIN && text.word(i).is(Role.PLACE) && text.word(i + 1).is(Role.POINTS)) {
                return true;
            }
        }
        return false;
    }

    private boolean isHeld(int start) {
        for (int i = start - 1; findings.any(Cue.OTHERS_HOLD) && i >= Math.max(0, start - Ahead.REACH) && clauses.together(i, start); i--) {
            if (findings.cue(i) == Cue.OTHERS_HOLD) {
                return true;
            }
        }
        return false;
    }

    /** A verb's "not" before a mention tells the subject from it: "the plasma cells are not blasts" denies the blasts only. */
    private boolean tellsApart(int behindNot, Mention subject) {
        for (int i = behindNot; i <= behindNot + TELLING_APART && i < text.size() && clauses.together(i, behindNot - 1); i++) {
            var other = findings.mentionAt(i);
            if (other != null) {
                return other.asserts() && !other.belongsWith(subject);
            }
        }
        return false;
    }
}
