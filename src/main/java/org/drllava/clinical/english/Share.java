package org.drllava.clinical.english;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An interval of percentages. In a pattern, {@code >20%}, {@code <=5%} or {@code 45%}; in a text, a number with a percent sign and
 * what limits it ("fewer than 5 %", "at least 30%"). The text's must lie within the pattern's.
 */
record Share(double low, boolean lowIn, double high, boolean highIn) {
    static final String PATTERN = "(?:<=|>=|<|>)?\\d+(?:\\.\\d+)?%";
    private static final Pattern PARTS = Pattern.compile("(<=|>=|<|>)?(\\d+(?:\\.\\d+)?)%");

    static boolean isShare(String part) {
        return PARTS.matcher(part).matches();
    }

    /** Of a pattern's part. */
    static Share of(String part) {
        Matcher m = PARTS.matcher(part);
        if (!m.matches()) {
            throw new IllegalArgumentException(part);
        }
        return of(m.group(1) == null ? "" : m.group(1), Double.parseDouble(m.group(2)));
    }

    private static Share of(String comparison, double value) {
        return switch (comparison) {
            case "<" -> new Share(0, true, value, false);
            case "<=" -> new Share(0, true, value, true);
            case ">" -> new Share(value, false, 100, true);
            case ">=" -> new Share(value, true, 100, true);
            default -> new Share(value, true, value, true);
        };
    }

    /** The share that word {@code at}, a percentage, states together with the words before it. */
    static Share said(Utterance text, int at) {
        return of(comparison(text, at), text.word(at).percentage());
    }

    private static String comparison(Utterance text, int at) {
        if (at == 0 || text.before(at) != Chunks.NONE) {
            return "";
        }
        var one = text.word(at - 1).text();
        var two = at > 1 ? text.word(at - 2).text() : "";
        return switch (one) {
            case "<", "under", "below" -> "<";
            case "≤" -> "<=";
            case ">", "over", "above", "exceeding" -> ">";
            case "≥" -> ">=";
            case "to" -> two.equals("up") ? "<=" : "";
            case "least" -> two.equals("at") ? ">=" : "";
            case "most" -> two.equals("at") ? "<=" : "";
            case "than" -> switch (two) {
                case "less", "fewer", "lower", "smaller" -> "<";
                case "more", "greater", "higher", "larger" -> ">";
                default -> "";
            };
            default -> "";
        };
    }

    boolean contains(Share other) {
        return (other.low > low || other.low == low && (lowIn || !other.lowIn))
                && (other.high < high || other.high == high && (highIn || !other.highIn));
    }
}
