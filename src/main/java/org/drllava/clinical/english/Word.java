package org.drllava.clinical.english;

import java.util.Arrays;
import java.util.regex.Pattern;

/** A word as the patterns of one {@link Rulebook} see it. Immutable, and safe to publish by a data race. */
final class Word {
    private static final long[] NOTHING = {};
    private static final Pattern PERCENTAGE = Pattern.compile("(\\d+(?:[.,]\\d+)?)%");

    private final String chunk;
    private final String text;
    private final String readAs;
    private final int roles;
    private final long[] elements;
    private final Rule[] cues;
    private final Rule[] names;
    private final Word[] parts;
    private final double percentage; // NaN for another word
    private final int hash;

    private Word(String chunk, String text, String readAs, int roles, long[] elements, Rule[] starts, Word[] parts) {
        this.chunk = chunk;
        this.text = text;
        this.readAs = readAs;
        this.roles = roles;
        this.elements = elements;
        this.cues = starts.length == 0 ? starts : Arrays.stream(starts).filter(rule -> rule.pattern() == null).toArray(Rule[]::new);
        this.names = starts.length == 0 ? starts : Arrays.stream(starts).filter(rule -> rule.pattern() != null).toArray(Rule[]::new);
        this.parts = parts;
        this.percentage = percentage(text);
        this.hash = chunk.hashCode();
    }

    /**
     * @param readAs   the word meant, another than the text where a typing error was mended
     * @param elements bit e is set where the word satisfies element e
     * @param starts   rules that may begin with the word
     */
    static Word single(String chunk, String text, String readAs, int roles, long[] elements, Rule[] starts) {
        return new Word(chunk, text, readAs, roles, elements, starts, null);
    }

    /** A chunk that is several words. */
    static Word compound(String chunk, Word[] parts) {
        return new Word(chunk, chunk, chunk, 0, NOTHING, new Rule[0], parts);
    }

    private static double percentage(String text) {
        var matcher = text.endsWith("%") ? PERCENTAGE.matcher(text) : null;
        return matcher != null && matcher.matches() ? Double.parseDouble(matcher.group(1).replace(',', '.')) : Double.NaN;
    }

    /** As it stands in the text, in lower case. */
    String chunk() {
        return chunk;
    }

    /** Whether this is the word of a chunk. */
    boolean isOf(Chunks chunks) {
        return chunks.hash() == hash && chunks.is(chunk);
    }

    String text() {
        return text;
    }

    String readAs() {
        return readAs;
    }

    /** Rules that may begin with the word, and say how others are meant. */
    Rule[] cues() {
        return cues;
    }

    /** Rules that may begin with the word, and name something. */
    Rule[] names() {
        return names;
    }

    /** Null where this is one word. */
    Word[] parts() {
        return parts;
    }

    /** Whether the word has one of these {@link Role}s. */
    boolean is(int anyOf) {
        return (roles & anyOf) != 0;
    }

    boolean satisfies(int element) {
        int place = element >> 6;
        return place < elements.length && (elements[place] >>> element & 1) != 0;
    }

    boolean isPercentage() {
        return !Double.isNaN(percentage);
    }

    boolean isNumber() {
        return Character.isDigit(text.charAt(0)) && Compound.isNumber(text);
    }

    double percentage() {
        return percentage;
    }
}
