package org.drllava.clinical.paraphrase;

/** Foreign text for a terminal or a report. */
final class Printable {
    private Printable() {}

    /** On one line, without control characters and the like, cut to so many characters. */
    static String text(String foreign, int most) {
        var clean = foreign.replaceAll("[\\p{C}\\s]+", " ").strip();
        return clean.codePointCount(0, clean.length()) <= most ? clean : clean.substring(0, clean.offsetByCodePoints(0, most)) + "…";
    }
}
