package org.drllava.clinical.english;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern over words that nothing separates. Written as words separated by spaces: {@code tell|say} is a choice, {@code leuk*}
 * any word that starts so, {@code ..} up to three words, {@code >20%} a share, {@code ^} before the first word the start of the
 * text, {@code $} behind the last the end of a clause. A hyphen is a space.
 */
public final class Phrase {
    /** What a gap spans at most, in words. */
    static final int LONGEST_GAP = 3;

    private static final String WORD = "[\\p{Ll}\\p{N}']+\\*?";
    private static final Pattern PART = Pattern.compile("\\.\\.|" + Share.PATTERN + "|" + WORD + "(\\|" + WORD + ")*");

    private final String source;
    private final boolean first;
    private final boolean last;
    private final List<String> parts;
    private final String[][] choices;
    private final Rule alone;

    private Phrase(String source, boolean first, boolean last, List<String> parts) {
        this.source = source;
        this.first = first;
        this.last = last;
        this.parts = parts;
        this.choices = parts.stream().map(part -> part.split("\\|")).toArray(String[][]::new);
        this.alone = new Rule(this, parts.stream().mapToInt(part -> part.equals("..") ? Rule.GAP : 0).toArray(), null, null);
    }

    /** Throws {@link IllegalArgumentException} with the reason when the pattern is not well formed. */
    public static Phrase of(String source) {
        var text = source.strip();
        boolean first = text.startsWith("^");
        boolean last = text.endsWith("$");
        text = text.substring(first ? 1 : 0, Math.max(first ? 1 : 0, text.length() - (last ? 1 : 0))).strip();
        var parts = new ArrayList<String>();
        for (var part : text.split("[\\s-]+")) {
            if (!PART.matcher(part).matches()) {
                throw new IllegalArgumentException("the pattern '" + source + "' has '" + part
                        + "' where a lower-case word, a stem*, a|choice, a share as >20% or .. is expected");
            }
            parts.add(part);
        }
        if (parts.getFirst().equals("..") || parts.getLast().equals("..")) {
            throw new IllegalArgumentException("the pattern '" + source + "' starts or ends with a gap");
        }
        return new Phrase(source, first, last, List.copyOf(parts));
    }

    /** Index behind the last matched word when the phrase stands at word {@code at}, else -1. */
    public int match(Words words, int at) {
        return at < words.size() && fits(0, words.word(at)) ? alone.matchRest(words, at) : -1;
    }

    boolean fits(int place, String word) {
        for (var choice : choices[place]) {
            int stem = choice.length() - 1;
            if (choice.charAt(stem) == '*' ? word.regionMatches(0, choice, 0, stem) : word.equals(choice)) {
                return true;
            }
        }
        return false;
    }

    /** Words, choices, shares and gaps as written, in order. */
    List<String> parts() {
        return parts;
    }

    boolean first() {
        return first;
    }

    boolean last() {
        return last;
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
