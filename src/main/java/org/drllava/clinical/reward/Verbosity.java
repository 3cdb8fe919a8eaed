package org.drllava.clinical.reward;

import java.util.BitSet;
import java.util.HashSet;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.Parsed;

/** Counts what an answer says beyond the answer. */
final class Verbosity {
    private static final int RUN = 3;

    private record Run(String first, String second, String third) {}

    private Verbosity() {}

    /** Words that belong to a run of three which the text has had before: "no clots here, no clots here" has three. */
    static int repeated(String text) {
        var words = Words.of(text);
        var seen = new HashSet<Run>();
        var repeated = new BitSet();
        for (int i = 0; i + RUN <= words.size(); i++) {
            if (!seen.add(new Run(words.word(i), words.word(i + 1), words.word(i + 2)))) {
                repeated.set(i, i + RUN);
            }
        }
        return repeated.cardinality();
    }

    /**
     * Words behind the answer: behind the fewest whole sentences from the start that already are read as what the whole text is
     * read as. A sentence ends at a full stop, exclamation or question mark before a space, and at a line end. None for a text that
     * is not understood.
     */
    static int trailing(AnswerParser parser, String questionId, String text, Parsed parsed) {
        if (!(parsed instanceof Parsed.Symbol(var symbol, _))) {
            return 0;
        }
        for (int end = sentenceEnd(text, 0); end < text.length(); end = sentenceEnd(text, end)) {
            if (parser.parse(questionId, text.substring(0, end)).is(symbol)) {
                return Words.count(text.substring(end));
            }
        }
        return 0;
    }

    /** The place behind the first sentence end from there on; the text's length when there is none. */
    private static int sentenceEnd(String text, int from) {
        for (int i = from; i + 1 < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '.' || c == '!' || c == '?') && Character.isWhitespace(text.charAt(i + 1))) {
                return i + 1;
            }
        }
        return text.length();
    }
}
