package org.drllava.clinical.english;

/** What the words before a mention make of it. */
final class Ahead {
    static final int REACH = 15;
    private static final int SUBJECT_WITHIN = 7;
    private static final int POINTING_WITHIN = 3;
    private static final int COMPARED_WITHIN = 8;

    private final Findings findings;
    private final Utterance text;
    private final Clauses clauses;

    Ahead(Findings findings, Clauses clauses) {
        this.findings = findings;
        this.text = findings.text();
        this.clauses = clauses;
    }

    /** What the words before a mention make of it; null for nothing. */
    Stance of(Mention mention) {
        int start = mention.start();
        var around = around(mention);
        if (around != null) {
            return around;
        }
        Stance weak = null;
        boolean verb = false;
        boolean placed = false;
        boolean inPlace = false;
        boolean apart = false;
        for (int i = start - 1; i >= Math.max(0, start - REACH) && clauses.together(i, start); i--) {
            int cue = findings.cueStart(i);
            // Of others' opinions Opinions decides; "it cannot be judged in a <i>clotted</i> sample" does not deny the clot.
            if (cue >= 0 && (findings.cue(cue) == Cue.OTHERS_HOLD || inPlace && text.word(cue).text().equals("cannot"))) {
                break;
            }
            if (cue >= 0 && !within(cue, mention) && !(apart && findings.cue(cue) != Cue.SUPPOSES)) {
                var stance = ahead(cue, mention, verb, placed);
                if (stance != null && !stance.isWeak()) {
                    return stance == Stance.ASSERTED && weak != null ? weak : stance;
                }
                weak = stance == null || weak == Stance.POSSIBLE ? weak : stance;
                i = cue;
                continue;
            }
            var word = text.word(i);
            // "No leukaemia in <i>this</i> normal marrow", "not possible from <i>such</i> a poor smear": what is pointed at is there.
            if (word.is(Role.TURN) || describesPlace(i) || pointsAt(i, start) || givesReason(i)) {
                break;
            }
            apart |= word.is(Role.AND) && clauses.joined(i) == null; // only what is supposed reaches on
            verb |= word.is(Role.VERB);
            placed |= text.word(i).text().equals("on");
            inPlace |= word.is(Role.PLACE) && isArticle(text.word(i + 1).text());
        }
        return weak;
    }

    /** What a cue that the mention is part of makes of it; null for nothing. */
    private Stance around(Mention mention) {
        int cue = findings.cueStart(mention.start());
        return cue < 0 || findings.cueEnd(cue) < mention.end() ? null : switch (findings.cue(cue)) {
            case EXPLAINS_AWAY -> Stance.DENIED;
            case SUPPOSES -> Stance.ASKED;
            default -> null;
        };
    }

    /**
     * @param verb   whether a verb stands between
     * @param placed whether "on" stands between: "not possible <i>on</i> a clotted smear" does not deny the clot
     */
    private Stance ahead(int cue, Mention mention, boolean verb, boolean placed) {
        if (findings.cueEnd(cue) > mention.start()) { // the mention is part of it: "not <i>sure</i>"
            return text.word(cue).is(Role.DENIAL) ? Stance.DENIED : null;
        }
        return switch (findings.cue(cue)) {
            case DENIES_AHEAD, DISAGREES, NEGATES -> Stance.DENIED;
            case DENIES_PHRASE -> verb || text.word(mention.start()).is(Role.DENIAL) ? null : Stance.DENIED;
            case NOT -> placed ? null : Stance.DENIED;
            case PREFIX -> findings.cueEnd(cue) == mention.start() ? Stance.DENIED : null;
            case DENIES -> placed || speaksOf(cue) ? null : Stance.DENIED;
            case OPENS_AHEAD -> Stance.OPEN;
            case OPENS -> speaksOf(cue) ? null : Stance.OPEN;
            case SUPPOSES, ONCE -> Stance.ASKED;
            case WOULD_BE -> mention.asserts() && clauses.names(cue - SUBJECT_WITHIN, cue, mention.start()) ? Stance.ASKED : null;
            case IMAGINES -> Stance.DENIED;
            case COMPARES -> compared(cue);
            case ECHOES -> echoed(cue);
            case UNABLE -> !mention.asserts() && followsAtOnce(mention.start(), findings.cueEnd(cue)) ? Stance.DENIED : asked(cue, mention);
            case ASKS -> asked(cue, mention);
            case HEDGES -> Stance.HEDGED;
            case MAYBE -> Stance.POSSIBLE;
            case DENIES_BEHIND, ASKS_BEHIND, MEANS_NOTHING, NOT_ALONE, AT_FIRST, GIVES_WAY, CORRECTS, AGREES, AFFIRMS, EXCEPTS,
                    EXPLAINS_AWAY, OTHERS_HOLD -> null;
        };
    }

    /** "Hard to <i>say</i>" · "impossible to reach a <i>conclusion</i>" */
    private boolean followsAtOnce(int start, int end) {
        return start == end || start == end + 2 && text.word(start - 1).is(Role.LIGHT);
    }

    private Stance asked(int cue, Mention mention) {
        return saysOf(cue, mention) ? null : Stance.ASKED;
    }

    /** "It cannot be judged, <i>as the</i> sample is clotted." */
    private boolean givesReason(int as) {
        return text.word(as).text().equals("as") && as + 1 < text.size() && text.word(as + 1).is(Role.OPENER) && !text.word(as + 1).is(Role.POINTS);
    }

    private static boolean isArticle(String word) {
        return word.equals("a") || word.equals("an");
    }

    private boolean pointsAt(int i, int mention) {
        return text.word(i).is(Role.POINTS) && mention - i <= POINTING_WITHIN && i > 0 && text.word(i - 1).is(Role.PLACE)
                && !text.word(mention - 1).text().equals("to");
    }

    /** "…in a sample <i>that</i> is mostly blood" · "differs from a normal one in <i>that</i> it is hazy" */
    private boolean describesPlace(int that) {
        return that > 2 && text.word(that).text().equals("that")
                && (text.word(that - 1).text().equals("in") || text.word(that - 2).is(Role.LIGHT) && text.word(that - 3).is(Role.PLACE));
    }

    private Stance echoed(int cue) {
        for (int i = cue - 1; i >= Math.max(0, cue - REACH); i--) {
            if (findings.mentionAt(i) != null && findings.mentionAt(i).asserts()) {
                return findings.mentionAt(i).stance();
            }
        }
        return null;
    }

    /** Words of a mention deny nothing more of what it stands for: "not adequate, of poor quality". */
    private boolean within(int cue, Mention mention) {
        var owner = findings.mentionAt(cue);
        return owner != null && owner.asserts() && owner.belongsWith(mention);
    }

    /** Whether a mention stands before the cue in its clause, so that the cue speaks of that one. */
    private boolean speaksOf(int cue) {
        for (int i = cue - 1; i >= Math.max(0, cue - SUBJECT_WITHIN) && clauses.together(i, cue); i--) {
            if (findings.mentionAt(i) != null) {
                return true;
            }
            if (text.word(i).is(Role.TURN | Role.AND)) {
                return false;
            }
        }
        return false;
    }

    /** "Whether it is normal is <i>unknown</i>": behind the last verb stands what is said of the question. */
    private boolean saysOf(int question, Mention mention) {
        if (!text.begins(question) && !(text.begins(question - 1) && text.word(question - 1).is(Role.LIGHT))) {
            return false;
        }
        int verb = mention.start();
        while (verb > question && !text.word(verb).is(Role.VERB)) {
            verb--;
        }
        for (int i = mention.end(); i < text.size() && clauses.together(i, question); i++) {
            if (text.word(i).is(Role.VERB)) {
                return false;
            }
        }
        int other = verb - 1; // that of the question itself
        while (other > question && !text.word(other).is(Role.VERB)) {
            other--;
        }
        return other > question;
    }

    /** Denied where more is said of what stands before "than", asserted where less is; null for no comparison. */
    private Stance compared(int than) {
        boolean over = text.word(than).text().equals("over");
        boolean amount = than > 0 && text.word(than - 1).text().equals("more") // "more than enough"
                || than + 1 < text.size() && text.word(than + 1).isNumber();
        for (int i = than - 1; i >= Math.max(0, than - COMPARED_WITHIN) && clauses.together(i, than) && !amount; i--) {
            var word = text.word(i);
            if (word.is(Role.FEWER) && !over) {
                return Stance.ASSERTED;
            }
            if (word.is(over ? Role.PREFER : Role.MORE)) {
                return Stance.DENIED;
            }
        }
        return null;
    }
}
