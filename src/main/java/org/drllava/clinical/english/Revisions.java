package org.drllava.clinical.english;

import java.util.List;

/** What one part of a text does to another: answers to its own questions, corrections, concessions. */
final class Revisions {
    private static final int LONGEST_SHORT_ANSWER = 4;

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
        revisions.correct();
        revisions.concede();
    }

    /** "Abnormal? No." · "ST elevation: none" · "You ask whether it is normal: it is not." */
    private void askOrAnswer(Mention mention) {
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
            int answer = shortAnswer(next);
            if (answer < 0) {
                mention.meant(Stance.DENIED);
            } else if (answer > 0 && asked) {
                mention.meant(Stance.ASSERTED);
            }
        }
    }

    /** 1 for a segment that only says yes, -1 for one that only says no, else 0. */
    private int shortAnswer(int from) {
        int end = from;
        while (end < text.size() && (end == from || !text.begins(end)) && end - from <= LONGEST_SHORT_ANSWER) {
            end++;
        }
        int words = end - from;
        var first = text.word(from).text();
        if (words == 1) {
            return switch (first) {
                case "no", "none", "not", "absent", "negative", "never", "nope", "excluded", "nil" -> -1;
                case "yes", "present", "positive", "yep", "yeah", "indeed" -> 1;
                default -> 0;
            };
        }
        if (words > LONGEST_SHORT_ANSWER || !text.word(from).is(Role.PRONOUN | Role.DENIAL)) {
            return 0;
        }
        var last = text.word(end - 1);
        if (last.text().equals("not") || text.word(from).is(Role.DENIAL) && words == 2 && findings.cue(from) == Cue.DENIES) {
            return -1;
        }
        return last.is(Role.VERB) && words == 2 ? 1 : 0;
    }

    private void correct() {
        if (mentions.size() < 2) {
            return;
        }
        for (int i = 0; i < text.size(); i++) {
            var cue = findings.cue(i);
            if (cue == Cue.CORRECTS) {
                int at = i;
                withdraw(m -> m.end() <= at, m -> m.start() >= at);
            } else if (cue == Cue.AT_FIRST) {
                int at = i;
                withdraw(m -> clauses.together(m.start(), at), m -> m.start() > at && !clauses.together(m.start(), at));
            }
        }
    }

    private void withdraw(java.util.function.Predicate<Mention> early, java.util.function.Predicate<Mention> late) {
        for (var said : mentions) {
            if (said.stance().isSaid() && said.asserts() && early.test(said) && mentions.stream().anyMatch(
                    m -> m.stance().isSaid() && m.asserts() && !m.belongsWith(said) && late.test(m))) {
                said.meant(Stance.WITHDRAWN);
            }
        }
    }

    /** "Not perfect but adequate" · "good, though not optimal": other words for one thing, one denied and one asserted. */
    private void concede() {
        for (var denied : mentions) {
            if (denied.stance() == Stance.DENIED && denied.asserts() && mentions.stream().anyMatch(
                    said -> said.stance().isSaid() && said.asserts() && said.belongsWith(denied) && contrasted(said, denied))) {
                denied.meant(Stance.CONCEDED);
            }
        }
    }

    private boolean contrasted(Mention a, Mention b) {
        int from = Math.min(a.end(), b.end());
        int to = Math.max(a.start(), b.start());
        for (int i = from; i < to; i++) {
            if (text.before(i) >= Chunks.STOP) {
                return false;
            }
            if (text.word(i).is(Role.CONTRAST)) {
                return !a.readAs().equals(b.readAs());
            }
        }
        return false;
    }
}
