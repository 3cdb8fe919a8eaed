package org.drllava.clinical.english;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Mends typing errors of one letter in long words: one too many, missing, another, or two exchanged (Damerau 1964). A first letter is
 * only ever missing or exchanged with the second, so that prefixes that change the meaning ({@code atypical}) are no errors.
 */
final class Spelling {
    private static final int SHORTEST = 6;
    /** Words that differ by one letter from ones that logics like to use. */
    private static final Set<String> OTHER_WORDS = Set.of("optical", "inserted", "united", "unable", "medial", "decease", "deceased", "decreased",
            "decrease", "defuse", "invented", "posture", "nuclear", "section", "sections", "imagine", "causal", "mature");

    private final List<String> words;
    private final List<String> stems;

    /** @param stems beginnings of words, in which errors are mended too */
    Spelling(Collection<String> words, Collection<String> stems) {
        this.words = words.stream().filter(word -> word.length() >= SHORTEST).sorted().toList();
        this.stems = stems.stream().filter(stem -> stem.length() >= SHORTEST).sorted().toList();
    }

    /** The words that this one may be meant as, likeliest first; none where it is short or a word itself. */
    List<String> meant(String word) {
        if (word.length() < SHORTEST || OTHER_WORDS.contains(word) || !word.chars().allMatch(Character::isLetter)) {
            return List.of();
        }
        var meant = new ArrayList<String>();
        for (var other : words) {
            if (mayBegin(word, other) && oneError(word, other)) {
                meant.add(meant.isEmpty() || other.charAt(0) != word.charAt(0) ? meant.size() : 0, other);
            }
        }
        for (var stem : meant.isEmpty() ? stems : List.<String>of()) {
            for (int length = stem.length() - 1; mayBegin(word, stem) && length <= Math.min(word.length(), stem.length() + 1); length++) {
                if (oneError(word.substring(0, length), stem)) {
                    meant.add(stem + word.substring(length));
                }
            }
        }
        return meant;
    }

    private static boolean mayBegin(String typed, String meant) {
        return typed.charAt(0) == meant.charAt(0) || typed.charAt(0) == meant.charAt(1);
    }

    /** Whether one typing error turns {@code meant} into {@code typed}. */
    static boolean oneError(String typed, String meant) {
        int i = 0;
        int shorter = Math.min(typed.length(), meant.length());
        while (i < shorter && typed.charAt(i) == meant.charAt(i)) {
            i++;
        }
        return switch (typed.length() - meant.length()) {
            case -1 -> same(typed, i, meant, i + 1);
            case 1 -> i > 0 && same(typed, i + 1, meant, i);
            case 0 -> i + 1 < shorter && typed.charAt(i) == meant.charAt(i + 1) && typed.charAt(i + 1) == meant.charAt(i) && same(typed, i + 2, meant, i + 2)
                    || i > 0 && i < shorter && same(typed, i + 1, meant, i + 1);
            default -> false;
        };
    }

    private static boolean same(String a, int from, String b, int fromB) {
        return a.regionMatches(from, b, fromB, Math.max(a.length() - from, b.length() - fromB));
    }
}
