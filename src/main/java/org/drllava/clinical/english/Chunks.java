package org.drllava.clinical.english;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Steps through a text from chunk to chunk: what stands between blanks and punctuation, with the strongest separator before it.
 * Most chunks are plain words; the others ({@code doesn't}, {@code A.M.L.}, {@code COVID-19}, {@code 0.04}) are {@link Compound}s.
 */
final class Chunks {
    /** Separators, from the weakest to the strongest. */
    static final byte NONE = 0, COMMA = 1, BREAK = 2, STOP = 3, QUESTION = 4;

    /** What characters below 128 are: a separator's number, or one of these. */
    private static final byte LETTER = 8, DIGIT = 9, COMPARISON = 10;
    private static final byte[] KINDS = new byte[128];

    static {
        mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", LETTER);
        mark("0123456789", DIGIT);
        mark("<>", COMPARISON);
        mark(",", COMMA);
        mark(":()[]{}|", BREAK);
        mark(".;!\n\r", STOP);
        mark("?", QUESTION);
    }

    private final String text;
    private int at;
    private int start;
    private int end;
    private int hash;
    private boolean plain;
    private boolean number;
    private boolean percent;
    private byte separator;

    Chunks(String text) {
        this.text = normal(text);
    }

    private static void mark(String characters, byte kind) {
        for (char c : characters.toCharArray()) {
            KINDS[c] = kind;
        }
    }

    /** Goes to the next chunk; false, with the separator that ends the text, when there is none. */
    boolean next() {
        separator = NONE;
        int length = text.length();
        int kind = NONE;
        for (; at < length && (kind = kind(text.charAt(at))) < LETTER; at++) {
            separator = (byte) Math.max(separator, text.charAt(at) == '-' ? dash(at) : kind);
        }
        start = at;
        hash = 0;
        plain = true;
        number = false;
        percent = false;
        if (at == length) {
            end = at;
            return false;
        }
        if (kind == COMPARISON) {
            hash = text.charAt(at);
            end = ++at;
            return true;
        }
        boolean digits = false;
        boolean letters = false;
        int hashed = 0;
        for (; at < length; at++) {
            char c = text.charAt(at);
            kind = kind(c);
            if (kind == LETTER) {
                letters = true;
            } else if (kind == DIGIT) {
                digits = true;
            } else if (joins(at)) {
                plain = false;
            } else {
                break;
            }
            hashed = 31 * hashed + lower(c);
        }
        hash = hashed;
        plain &= !digits;
        number = digits && !letters;
        end = at;
        skipPercent();
        skipDotOfAbbreviation();
        return true;
    }

    /** The chunk in lower case; a percent sign stands right behind its number. */
    String chunk() {
        var chunk = text.substring(start, end).toLowerCase(Locale.ROOT);
        return percent ? chunk + '%' : chunk;
    }

    /** Whether the chunk, in lower case, is this word. */
    boolean is(String word) {
        if (word.length() != end - start) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) != lower(text.charAt(start + i))) {
                return false;
            }
        }
        return true;
    }

    /** Of the chunk in lower case, as {@link String#hashCode()}. */
    int hash() {
        return hash;
    }

    /** Whether the chunk is letters only. */
    boolean plain() {
        return plain;
    }

    /** Whether the chunk begins with digits and has no letters. */
    boolean number() {
        return number;
    }

    byte separator() {
        return separator;
    }

    private boolean joins(int i) {
        char c = text.charAt(i);
        if (c == ' ' || i + 1 >= text.length() || !isWord(text.charAt(i + 1))) {
            return false;
        }
        char left = text.charAt(i - 1);
        char right = text.charAt(i + 1);
        return switch (c) {
            case '-', '‐', '–', '/', '\'' -> isWord(left);
            case ',' -> Character.isDigit(left) && Character.isDigit(right);
            case '.' -> Character.isDigit(left) && Character.isDigit(right) || isSingle(i - 1) && isSingle(i + 1);
            default -> false;
        };
    }

    /** Whether one letter stands alone at {@code i}, as in abbreviations with dots. */
    private boolean isSingle(int i) {
        return Character.isLetter(text.charAt(i)) && (i == 0 || !isWord(text.charAt(i - 1)))
                && (i + 1 == text.length() || !isWord(text.charAt(i + 1)));
    }

    /** The last dot of {@code A.M.L.} and that of {@code vs.} end no sentence unless a new one begins behind it. */
    private void skipDotOfAbbreviation() {
        if (at >= text.length() || text.charAt(at) != '.' || at + 1 == text.length()) {
            return;
        }
        boolean dotted = end - start > 2 && text.charAt(end - 2) == '.' && Character.isLetter(text.charAt(end - 1));
        int next = at + 1;
        while (next < text.length() && text.charAt(next) == ' ') {
            next++;
        }
        boolean begins = next == text.length() || Character.isUpperCase(text.charAt(next)) || text.charAt(next) == '\n';
        if (dotted && !begins || is("vs") || is("approx") || is("dr") || is("ca")) {
            at++;
        }
    }

    private void skipPercent() {
        int next = at;
        while (number && next < text.length() && text.charAt(next) == ' ') {
            next++;
        }
        if (number && next < text.length() && text.charAt(next) == '%') {
            percent = true;
            at = next + 1;
        }
    }

    /** A dash between blanks breaks; one at a word ("pre- and post-") does not. */
    private byte dash(int i) {
        return i > 0 && isWord(text.charAt(i - 1)) || i + 1 < text.length() && isWord(text.charAt(i + 1)) ? NONE : BREAK;
    }

    private static byte kind(char c) {
        return c < 128 ? KINDS[c] : switch (c) {
            case '–', '—', '→' -> BREAK;
            case '•', '…' -> STOP;
            case '≤', '≥' -> COMPARISON;
            default -> Character.isDigit(c) ? DIGIT : Character.isLetter(c) ? LETTER : NONE;
        };
    }

    /** Whether the character is a letter or digit. */
    static boolean isWord(char c) {
        return kind(c) == LETTER || kind(c) == DIGIT;
    }

    private static char lower(char c) {
        return c < 128 ? c >= 'A' && c <= 'Z' ? (char) (c + 32) : c : Character.toLowerCase(c);
    }

    /** Unicode form NFKC, one kind of apostrophe, no invisible marks. */
    private static String normal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                var composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
                var clean = new StringBuilder(composed.length());
                composed.chars().filter(c -> Character.getType(c) != Character.FORMAT)
                        .forEach(c -> clean.append(c == '’' || c == '‘' || c == 'ʼ' || c == '′' ? '\'' : (char) c));
                return clean.toString();
            }
        }
        return text;
    }
}
