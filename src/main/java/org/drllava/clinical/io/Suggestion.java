package org.drllava.clinical.io;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What a user who wrote an unknown word may have meant. */
public final class Suggestion {
    private Suggestion() {}

    /** The sentence about a word that is none of the known ones: {@code unknown key 'nome'; did you mean 'name'?} */
    public static String unknown(String kind, String word, Collection<String> known) {
        var start = "unknown " + kind + " '" + word + "'";
        return nearest(word, known).map(near -> start + "; did you mean '" + near + "'?")
                .orElse(known.isEmpty() ? start + "; there is none here." : start + "; expected one of " + String.join(", ", known) + ".");
    }

    /** The known word that differs least, if that is by no more than a third of its letters, by one, or by an ending. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        var written = word.toLowerCase(Locale.ROOT);
        record Candidate(String word, int distance) {}
        return known.stream().map(k -> new Candidate(k, distance(written, k.toLowerCase(Locale.ROOT))))
                .filter(c -> c.distance() <= allowed(c.word()) || isBeginning(written, c.word().toLowerCase(Locale.ROOT)))
                .min(Comparator.comparingInt(Candidate::distance)).map(Candidate::word);
    }

    /** One word may be the other with an ending or without. */
    private static boolean isBeginning(String a, String b) {
        return Math.min(a.length(), b.length()) >= 3 && (a.startsWith(b) || b.startsWith(a));
    }

    private static int allowed(String word) {
        return word.length() < 2 ? 0 : Math.max(1, word.length() / 3);
    }

    /** Letters to insert, delete, change or swap with their neighbour (optimal string alignment). */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(last[j - 1] + change, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
