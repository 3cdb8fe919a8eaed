package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern over the words of one clause. Written as words separated by spaces: {@code tell|say} is a choice,
 * {@code leuk*} any word that starts so, {@code ..} up to three words, {@code ^} before the first word the start of the text,
 * {@code $} behind the last the end of a clause.
 */
public final class Phrase {
    private static final int LONGEST_GAP = 3;

    private final String source;
    private final boolean first;
    private final boolean last;
    private final List<List<String>> parts; // choices at each place; an empty list is a gap

    private Phrase(String source, boolean first, boolean last, List<List<String>> parts) {
        this.source = source;
        this.first = first;
        this.last = last;
        this.parts = parts;
    }

    /** Throws {@link IllegalArgumentException} with the reason when the pattern is not well formed. */
    public static Phrase of(String source) {
        var text = source.strip();
        boolean first = text.startsWith("^");
        boolean last = text.endsWith("$");
        text = text.substring(first ? 1 : 0, text.length() - (last ? 1 : 0)).strip();
        var parts = new ArrayList<List<String>>();
        for (var part : text.split("\\s+")) {
            if (!part.equals("..") && !part.matches("[\\p{Ll}\\p{N}']+\\*?(\\|[\\p{Ll}\\p{N}']+\\*?)*")) {
                throw new IllegalArgumentException("the pattern '" + source + "' has '" + part
                        + "' where a lower-case word, a stem*, a|choice or .. is expected");
            }
            parts.add(part.equals("..") ? List.of() : List.of(part.split("\\|")));
        }
        if (parts.getFirst().isEmpty() || parts.getLast().isEmpty()) {
            throw new IllegalArgumentException("the pattern '" + source + "' starts or ends with a gap");
        }
        return new Phrase(source, first, last, List.copyOf(parts));
    }

    /** Index behind the last matched word when the phrase stands at word {@code at}, else -1. */
    int match(Words words, int at) {
        return first && at > 0 ? -1 : match(words, at, at, 0);
    }

    private int match(Words words, int start, int at, int part) {
        if (part == parts.size()) {
            return last && !words.endsClause(at - 1) ? -1 : at;
        }
        if (at >= words.size() || !words.together(start, at)) {
            return -1;
        }
        if (!parts.get(part).isEmpty()) {
            return fits(parts.get(part), words.get(at)) ? match(words, start, at + 1, part + 1) : -1;
        }
        for (int gap = 0; gap <= LONGEST_GAP; gap++) {
            int end = match(words, start, at + gap, part + 1);
            if (end >= 0) {
                return end;
            }
            // A gap that ran over "and", "but" or "not" would join what the text keeps apart.
            if (at + gap >= words.size() || Denial.separates(words.get(at + gap))) {
                return -1;
            }
        }
        return -1;
    }

    private static boolean fits(List<String> choices, String word) {
        return choices.stream().anyMatch(c -> c.endsWith("*") ? word.startsWith(c.substring(0, c.length() - 1)) : word.equals(c));
    }

    /** The pattern as written. */
    @Override
    public String toString() {
        return source;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Phrase phrase && phrase.source.equals(source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }
}
