package org.drllava.clinical.english;

import java.util.List;
import java.util.function.Predicate;

/** What one part of a text does to another: answers to its own questions, corrections, concessions. */
final class Revisions {
    /** A text that mentions more is no answer, and comparing all of them with each other would take long. */
    static final int MOST_MENTIONS = 32;

    private final Findings findings;
    private final Utterance text;
    private final Clauses clauses;
    private final List<Mention> mentions;

    private Revisions(Findings findings, Clauses clauses) {
        this.findings = findings;
        this.text = findings.text();
        this.clauses = clauses;
        this.mentions = findings.mentions();
    }

    /** Changes the stances that the mentions have from their own clauses. */
    static void apply(Findings findings, Clauses clauses) {
        var revisions = new Revisions(findings, clauses);
        if (findings.text().broken()) {
            findings.mentions().forEach(new ShortAnswers(findings)::apply);
            Headings.apply(findings);
        }
        if (findings.mentions().size() > 1 && findings.mentions().size() <= MOST_MENTIONS && findings.anyCue()) {
            revisions.correct();
            revisions.preferCertain();
            revisions.concede();
        }
    }

    private void correct() {
        for (int i = 0; i < text.size(); i++) {
            var cue = findings.cue(i);
            int at = i;
            if (cue == Cue.CORRECTS) {
                withdraw(m -> m.end() <= at, m -> m.start() >= at);
            } else if (cue == Cue.AT_FIRST) {
                withdraw(m -> clauses.together(m.start(), at), m -> m.start() > at && !clauses.together(m.start(), at));
            } else if (cue == Cue.GIVES_WAY && beginsSentence(at)) {
                withdraw(m -> m.start() >= at && clauses.together(m.start(), at), m -> !clauses.together(m.start(), at) && m.start() > at && !text.sentenceEnds(at, m.start()));
            } else if (cue == Cue.GIVES_WAY && isEven(text.word(at).text())) {
                withdraw(m -> m.start() >= at && m.start() < text.segmentAfter(at + 1), m -> m.end() <= at && !text.sentenceEnds(m.start(), at));
            } else if (cue == Cue.WOULD_BE) {
                withdraw(m -> m.end() <= at && clauses.together(m.start(), at), m -> m.start() > at && !clauses.together(m.start(), at));
            } else if (cue == Cue.EXCEPTS) {
                withdraw(m -> m.end() <= at && !text.sentenceEnds(m.start(), at), m -> m.start() > at && !text.sentenceEnds(at, m.start()));
            } else if (cue == Cue.NOT_ALONE) {
                withdraw(m -> m.start() > at && clauses.together(m.start(), at), m -> m.start() > at && text.sentenceEnds(at, m.start()));
            }
        }
    }

    /** Whether what follows is known not to matter: "adequate <i>despite</i> a clot", "inadequate, <i>even</i> though it is well stained". */
    private static boolean isEven(String word) {
        return word.equals("even") || word.equals("despite") || word.equals("in") || word.equals("notwithstanding");
    }

    private boolean beginsSentence(int word) {
        return word == 0 || text.before(word) >= Chunks.BREAK || text.begins(word) && text.word(word - 1).is(Role.ANSWER);
    }

    /** "The marrow seems normal, yet there are blasts." */
    private void preferCertain() {
        for (var weak : mentions) {
            if (weak.stance().isWeak()) {
                withdraw(m -> m == weak, m -> m.stance() == Stance.ASSERTED && m.start() > weak.end() && contrast(weak.end(), m.start()));
            }
        }
    }

    /** Takes back what was said early where something else is said late, or the same is denied. */
    private void withdraw(Predicate<Mention> early, Predicate<Mention> late) {
        for (var said : mentions) {
            if (said.stance().isSaid() && said.asserts() && early.test(said) && any(m -> m.asserts() && late.test(m)
                    && (m.belongsWith(said) ? m.stance() == Stance.DENIED : m.stance().isSaid()))) {
                said.meant(Stance.WITHDRAWN);
            }
        }
    }

    /** "Not perfect but adequate" · "no effusion; a consolidation is present": two things that stand for one, and only one is denied. */
    private void concede() {
        for (var denied : mentions) {
            if (denied.stance() == Stance.DENIED && denied.asserts() && any(m -> isSaid(m) && m.belongsWith(denied))
                    && !any(m -> isSaid(m) && m.belongsWith(denied) && !differ(m, denied))) {
                denied.meant(Stance.CONCEDED);
            }
        }
    }

    private static boolean isSaid(Mention mention) {
        return mention.stance().isSaid() && mention.asserts() && !mention.isAnswer();
    }

    private boolean differ(Mention a, Mention b) {
        var one = a.readAs();
        var other = b.readAs();
        return !one.contains(other) && !other.contains(one)
                || !one.equals(other) && contrast(Math.min(a.end(), b.end()), Math.max(a.start(), b.start()));
    }

    /** Whether "but" or the like stands between, in one sentence. */
    private boolean contrast(int from, int to) {
        for (int i = from; i < to && text.before(i) < Chunks.STOP; i++) {
            if (text.word(i).is(Role.CONTRAST)) {
                return true;
            }
        }
        return false;
    }

    private boolean any(Predicate<Mention> which) {
        for (var mention : mentions) {
            if (which.test(mention)) {
                return true;
            }
        }
        return false;
    }
}
