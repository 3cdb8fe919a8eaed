package org.drllava.clinical.english;

/**
 * Cuts a text into the clauses that denials keep to. Punctuation cuts, except in lists ("no clots, blasts, or plasma cells"), and
 * so does an "and" that joins two statements ("blasts are absent and plasma cells are increased").
 */
final class Clauses {
    private static final int LONGEST_ITEM = 6;
    private static final int MOST_ITEMS = 12;
    private static final int VERB_AFTER_AND = 6;

    private final Utterance text;
    private final Findings findings;
    private final int[] clause;

    Clauses(Findings findings) {
        this.text = findings.text();
        this.findings = findings;
        this.clause = new int[text.size()];
        int current = 0;
        boolean verb = false;
        boolean reaches = false; // a cue reaches over what follows
        boolean list = false;
        for (int i = 0; i < clause.length; i++) {
            var word = text.word(i);
            if (i > 0 && text.begins(i)) {
                // "No clot, and many cells" is no list of two.
                list = text.before(i) == Chunks.COMMA && reaches && (list || !word.is(Role.AND)) && continuesList(i);
            }
            if (i > 0 && (text.begins(i) && !list || verb && word.is(Role.AND) && verbFollows(i))) {
                current++;
                verb = false;
                reaches = false;
            }
            verb |= word.is(Role.VERB);
            reaches |= reachesOn(i);
            clause[i] = current;
        }
    }

    boolean together(int i, int j) {
        return clause[i] == clause[j];
    }

    /** The mention that a conjunction joins to what stands before it; null for none. */
    Mention joined(int conjunction) {
        return joined(conjunction, 0);
    }

    /** @param others how many words that mean nothing here may stand between: "fibrin and <i>excess</i> blood are lacking" */
    Mention joined(int conjunction, int others) {
        int i = conjunction + 1;
        for (; i < text.size() && together(i, conjunction) && findings.mentionAt(i) == null; i++) {
            if (!text.word(i).is(Role.LIGHT) && (others-- == 0 || text.word(i).is(Role.VERB | Role.STOPS_GAP))) {
                return null;
            }
        }
        return i < text.size() && together(i, conjunction) ? findings.mentionAt(i) : null;
    }

    /** Whether words {@code from} to before {@code to}, so far as they are in the clause of a word, name something. */
    boolean names(int from, int to, int clause) {
        for (int i = Math.max(0, from); i < to; i++) {
            if (together(i, clause) && findings.mentionAt(i) != null && findings.mentionAt(i).asserts()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a cue begins here that reaches over a list. A bare "no" at the beginning does not. */
    private boolean reachesOn(int i) {
        var cue = findings.cue(i);
        return cue != null && switch (cue) {
            case DENIES_AHEAD, DENIES_PHRASE, NOT, DISAGREES, NEGATES, OPENS_AHEAD, ASKS, UNABLE -> true;
            default -> false;
        } && !(text.word(i).is(Role.ANSWER) && (i + 1 == text.size() || text.begins(i + 1)));
    }

    private boolean verbFollows(int and) {
        for (int i = and + 1; i < Math.min(text.size(), and + VERB_AFTER_AND) && !text.begins(i); i++) {
            if (text.word(i).is(Role.VERB)) {
                return true;
            }
            if (text.word(i).is(Role.AND | Role.OR | Role.TURN)) {
                return false;
            }
        }
        return false;
    }

    /** Whether the items from word {@code i} on end in one with "or", or in one with "and" while all are mentions. */
    private boolean continuesList(int i) {
        boolean mentionsOnly = true;
        int item = i;
        for (int items = 0; items < MOST_ITEMS; items++) {
            int end = item;
            boolean and = false;
            for (; end < text.size() && (end == item || !text.begins(end)); end++) {
                var word = text.word(end);
                if (word.is(Role.OR) && end - item <= LONGEST_ITEM) {
                    return true;
                }
                if (word.is(Role.VERB | Role.TURN | Role.DENIAL)) {
                    return false;
                }
                and |= word.is(Role.AND);
                mentionsOnly &= findings.mentionAt(end) != null || word.is(Role.AND | Role.OR | Role.LIGHT);
            }
            if (end - item > LONGEST_ITEM) {
                return false;
            }
            if (and && mentionsOnly) {
                return true;
            }
            if (end == text.size() || text.before(end) != Chunks.COMMA) {
                return false;
            }
            item = end;
        }
        return false;
    }
}
