package org.drllava.clinical.english;

import java.util.Collection;
import java.util.List;

/** Finds what a set of patterns stands for in free text, and how the text means it. Immutable; may be shared by threads. */
public final class AnswerReader {
    private final Rulebook rules;
    private final Lexicon lexicon;

    /** @param vocabulary other words that are spelt right, and that misspelt ones may be meant as */
    public AnswerReader(List<Pattern> patterns, Collection<String> vocabulary) {
        rules = new Rulebook(patterns);
        lexicon = new Lexicon(rules, vocabulary);
    }

    /** All mentions that stand for an owner, in text order, except those that a longer one covers. Takes time in proportion to the text's length. */
    public List<Mention> read(String text) {
        var findings = new Findings(Utterance.of(text, lexicon, rules));
        // Without cues, in one piece, everything is simply said.
        if (!findings.mentions().isEmpty() && (findings.anyCue() || findings.text().broken())) {
            Stances.decide(findings);
        }
        findings.mentions().removeIf(mention -> mention.pattern().use() == Pattern.Use.NOTHING);
        return findings.mentions();
    }
}
