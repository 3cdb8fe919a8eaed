package org.drllava.clinical.logic;

import java.util.List;
import java.util.Set;
import org.drllava.clinical.english.Stance;

/** What an answer says, as far as the rules of its question can tell. */
public sealed interface Parsed {
    /** The answer asserts this one symbol. */
    record Symbol(String name, List<Evidence> evidence) implements Parsed {}

    /** The answer asserts nothing; the evidence may still hold denials that decide nothing. */
    record NoMatch(List<Evidence> evidence) implements Parsed {}

    /** The answer asserts several symbols, or asserts and denies one. */
    record Conflict(Set<String> symbols, List<Evidence> evidence) implements Parsed {}

    /**
     * One rule that fired.
     *
     * @param symbol what the rule belongs to
     * @param rule   the pattern as written in the logic
     * @param words  the words of the answer that it matched, in lower case
     * @param readAs these words with typing errors mended; equal to them where there are none
     * @param stance how the answer means them
     */
    record Evidence(String symbol, String rule, String words, String readAs, Stance stance) {
        public boolean denied() {
            return stance == Stance.DENIED;
        }
    }

    List<Evidence> evidence();

    /** Whether the answer asserts exactly this symbol. */
    default boolean is(String symbol) {
        return this instanceof Symbol(var name, _) && name.equals(symbol);
    }
}
