package org.drllava.clinical.english;

import java.util.List;
import java.util.function.Predicate;

/** What one part of a text does to another: answers to its own questions, corrections, concessions. */
final class Revisions {
    private static final int LONGEST_ANSWER = 8;

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

    static void apply(Findings findings, Clauses clauses) {
        var revisions = new Revisions(findings, clauses);
        revisions.mentions.forEach(revisions::askOrAnswer);
        revisions.revise();
        revisions.concede();
    }

    /** "Abnormal? No." · "ST elevation: none" · "You ask whether it is normal: it is not." */
    private void askOrAnswer(Mention mention) {
        if (mention.isAnswer()) {
            return;
        }
        int next = mention.end();
        while (next < text.size() && !text.begins(next)) {
            next++;
        }
        int sentence = next;
        while (sentence < text.size() && text.before(sentence) < Chunks.STOP) {
            sentence++;
            while (sentence < text.size() && !text.begins(sentence)) {
                sentence++;
            }
        }
        if (text.before(sentence) == Chunks.QUESTION) {
            mention.meant(Stance.ASKED);
            next = sentence;
        }
        boolean asked = mention.stance() == Stance.ASKED;
        if (next < text.size() && (asked || text.before(next) < Chunks.STOP)) {
            var answer = shortAnswer(next, asked);
            if (answer == Stance.DENIED || answer == Stance.OPEN || answer == Stance.ASSERTED && asked) {
                mention.meant(answer);
            }
        }
    }

    /** What a segment that only says yes or no makes of what it speaks of; null for another segment. */
    private Stance shortAnswer(int from, boolean asked) {
        int end = from;
        while (end < text.size() && (end == from || !text.begins(end))) {
            if (findings.mentionAt(end) != null && !findings.mentionAt(end).isAnswer() || end - from == LONGEST_ANSWER) {
                return null;
            }
            end++;
        }
        int words = end - from;
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
        boolean not = text.word(end - 1).text().equals("not") || text.word(end - 2).text().equals("not");
        return not ? Stance.DENIED : words == 2 && text.word(end - 1).is(Role.VERB) ? Stance.ASSERTED : null;
    }

    private void revise() {
        if (mentions.size() < 2 || !findings.anyCue()) {
            return;
        }
        for (int i = 0; i < text.size(); i++) {
            var cue = findings.cue(i);
            int at = i;
            if (cue == Cue.CORRECTS) {
                withdraw(m -> m.end() <= at, m -> m.start() >= at);
            } else if (cue == Cue.AT_FIRST) {
                withdraw(m -> clauses.together(m.start(), at), m -> m.start() > at && !clauses.together(m.start(), at));
            } else if (cue == Cue.NOT_ALONE) {
                withdraw(m -> m.start() > at && clauses.together(m.start(), at), m -> m.start() > at && newSentence(at, m.start()));
            }
        }
        for (var weak : mentions) {
            if (weak.stance() == Stance.HEDGED) {
                withdraw(m -> m == weak, m -> m.stance() == Stance.ASSERTED && m.start() > weak.end() && contrast(weak.end(), m.start()));
            }
        }
    }

    /** Takes back what was said early where something else is said late, or the same is denied. */
    private void withdraw(Predicate<Mention> early, Predicate<Mention> late) {
        for (var said : mentions) {
            if (said.stance().isSaid() && said.asserts() && early.test(said) && mentions.stream().anyMatch(m -> m.asserts() && late.test(m)
                    && (m.belongsWith(said) ? m.stance() == Stance.DENIED : m.stance().isSaid()))) {
                said.meant(Stance.WITHDRAWN);
            }
        }
    }

    /** "Not perfect but adequate" · "no effusion; a consolidation is present": two things that stand for one, and only one is denied. */
    private void concede() {
        for (var denied : mentions) {
            if (denied.stance() == Stance.DENIED && denied.asserts() && anySaid(said -> said.belongsWith(denied))
                    && !anySaid(said -> said.belongsWith(denied) && !differ(said, denied))) {
                denied.meant(Stance.CONCEDED);
            }
        }
    }

    private boolean anySaid(Predicate<Mention> which) {
        return mentions.stream().anyMatch(m -> m.stance().isSaid() && m.asserts() && !m.isAnswer() && which.test(m));
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

    private boolean newSentence(int from, int to) {
        for (int i = from + 1; i <= to; i++) {
            if (text.before(i) >= Chunks.STOP) {
                return true;
            }
        }
        return false;
    }
}
