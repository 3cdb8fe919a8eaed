package org.drllava.checkpoint;

/** Names out of foreign files, made fit for a one-line message. */
final class Quote {
    private static final int LONGEST = 160;

    private Quote() {}

    static String name(String text) {
        var shown = new StringBuilder("'");
        text.codePoints().limit(LONGEST).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                shown.append("\\u%04x".formatted(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.append(text.codePointCount(0, text.length()) > LONGEST ? "…'" : "'").toString();
    }
}
