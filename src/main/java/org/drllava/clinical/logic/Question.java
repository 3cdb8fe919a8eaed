package org.drllava.clinical.logic;

import java.util.List;
import java.util.Set;
import org.drllava.clinical.english.Phrase;
import org.drllava.common.InputException;

/**
 * One question of a clinical logic and the symbols that may answer it.
 *
 * @param ask    how it is asked
 * @param ignore phrases that look like a pattern of some symbol and are none
 * @param after  ids of questions that must be asked before this one where the order is to make sense; any order may be asked for
 */
public record Question(String id, Wordings ask, List<Symbol> symbols, List<Phrase> ignore, List<String> after) {
    /**
     * A discrete answer, with the words it is given in and the rules that recognise it in free text.
     *
     * @param answers        how it is said
     * @param patterns       phrases that assert it
     * @param deniedPatterns phrases that assert it only when they are denied
     * @param denialOf       sets of symbols; when all of a set are denied, this one is asserted
     * @param explains       symbols that say nothing beside this one, which is their reason: "too poor a smear, I cannot tell"
     */
    public record Symbol(String name, Wordings answers, List<Phrase> patterns, List<Phrase> deniedPatterns, List<Set<String>> denialOf, Set<String> explains) {}

    /** The symbol of that name; throws {@link InputException} for another. */
    public Symbol symbol(String name) {
        return symbols.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow(() -> new InputException(
                "question '" + id + "' has no symbol '" + name + "'; its symbols are " + String.join(", ", names()) + "."));
    }

    public List<String> names() {
        return symbols.stream().map(Symbol::name).toList();
    }
}
