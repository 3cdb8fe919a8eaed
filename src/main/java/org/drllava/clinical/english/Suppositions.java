package org.drllava.clinical.english;

/** What a text supposes only to say that it is otherwise: "Were it COVID, both lungs would be hazy. It is a pneumonia." */
final class Suppositions {
    private final Findings findings;
    private final Utterance text;
    private final Clauses clauses;

    private Suppositions(Findings findings, Clauses clauses) {
        this.findings = findings;
        this.text = findings.text();
        this.clauses = clauses;
    }

    static void apply(Findings findings, Clauses clauses) {
        var suppositions = new Suppositions(findings, clauses);
        boolean any = findings.any(Cue.IMAGINES) || findings.any(Cue.ASKS);
        for (int i = 0; any && i < findings.text().size(); i++) {
            if (findings.cue(i) == Cue.IMAGINES || findings.cue(i) == Cue.ASKS && findings.text().word(i).text().equals("if")) {
                suppositions.consequence(i);
            }
        }
    }

    /** What "would" be is supposed as well, where a condition that mentions something begins the sentence. */
    private void consequence(int condition) {
        boolean unreal = findings.cue(condition) == Cue.IMAGINES;
        if (!text.begins(condition) || !unreal && !mentions(condition)) {
            return;
        }
        for (int i = condition + 1; i < text.size() && text.before(i) < Chunks.STOP; i++) {
            if (text.word(i).is(Role.WOULD) && !clauses.together(i, condition) && (unreal || !isSpeaker(i - 1))) {
                suppose(i);
            }
        }
    }

    private boolean mentions(int clause) {
        for (var mention : findings.mentions()) {
            if (clauses.together(mention.start(), clause)) {
                return true;
            }
        }
        return false;
    }

    /** "If it is not normal, <i>I would</i> call it AML" says so. */
    private boolean isSpeaker(int word) {
        return text.word(word).text().equals("i") || text.word(word).text().equals("we");
    }

    private void suppose(int clause) {
        for (var mention : findings.mentions()) {
            if (clauses.together(mention.start(), clause)) {
                mention.meant(Stance.ASKED);
            }
        }
    }
}
