package org.drllava.clinical.logic;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How English denies a mention: by a word before it ("no evidence of leukemia") or behind it ("leukemia is absent"), within a
 * clause and a few words, as in NegEx (Chapman et al. 2001), with scopes that also end at conjunctions and other mentions.
 */
final class Denial {
    private static final int REACH_BEFORE = 8;
    private static final int REACH_BEHIND = 4;

    private static final List<Phrase> BEFORE = phrases("no|not|none|nothing|never|neither|nor|cannot|without|lacks|lacking|lack|hardly|barely|"
            + "scarcely|few|excludes|negative|absent", "absence of", "free of|from", "devoid of", "rules|ruled|ruling out", "unlikely to", "instead of", "rather than");
    private static final List<Phrase> BEHIND = phrases("absent|excluded|unlikely|missing|lacking|negative|cannot", "ruled out", "not",
            "is|are|was|were|does|do|did|has|have|had|will|would|can|could|should|may|might not|never");
    /** These hold a denying word and deny nothing. */
    private static final List<Phrase> SEEMING = phrases("not only|just|merely", "no|without doubt", "without a doubt", "no question", "a few",
            "not without", "not free|devoid of|from", "no longer in doubt", "no other than");
    private static final Set<String> SCOPE_ENDS = Set.of("but", "however", "although", "though", "yet", "except", "because", "while", "whereas",
            "which", "who", "that", "so", "therefore", "than", "rather", "instead");

    private Denial() {}

    /** Whether a gap of a pattern may not run over this word. */
    static boolean separates(String word) {
        return SCOPE_ENDS.contains(word) || word.equals("and") || word.equals("or") || word.equals("no") || word.equals("not")
                || word.equals("nor") || word.equals("without");
    }

    /**
     * Whether the words deny what stands at {@code start} to before {@code end}.
     *
     * @param mention for each word the number of the mention it belongs to, -1 for none; words of another mention
     *                ("no diagnosis") deny nothing before them
     */
    static boolean denies(Words words, int start, int end, int[] mention) {
        return deniedBefore(words, start, mention) || deniedBehind(words, end, mention);
    }

    private static boolean deniedBefore(Words words, int start, int[] mention) {
        for (int i = start - 1; i >= Math.max(0, start - REACH_BEFORE) && words.together(i, start); i--) {
            if (SCOPE_ENDS.contains(words.get(i)) && !(words.get(i).equals("than") || words.get(i).equals("instead"))
                    || words.get(i).equals("and") && mention[i + 1] < 0 && !words.get(i + 1).equals("any")) {
                return false;
            }
            if (mention[i] < 0 && stands(BEFORE, words, i, start) && !seeming(words, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean deniedBehind(Words words, int end, int[] mention) {
        for (int i = end; i < Math.min(words.size(), end + REACH_BEHIND) && words.together(i, end - 1); i++) {
            if (SCOPE_ENDS.contains(words.get(i)) || words.get(i).equals("and") || words.get(i).equals("or")) {
                return false;
            }
            // A bare "not" denies what follows it ("leukemia, not myeloma"), a verb's "not" what stands before.
            if (!words.get(i).equals("not") && stands(BEHIND, words, i, words.size()) && !seeming(words, i) && !seeming(words, i + 1)) {
                return true;
            }
            if (mention[i] >= 0) {
                return false;
            }
        }
        return false;
    }

    private static boolean stands(List<Phrase> phrases, Words words, int at, int limit) {
        return phrases.stream().anyMatch(phrase -> {
            int end = phrase.match(words, at);
            return end >= 0 && end <= limit;
        });
    }

    private static boolean seeming(Words words, int at) {
        // "a few" and "not without" hold the denying word at their second place.
        return at < words.size() && (stands(SEEMING, words, at, words.size()) || at > 0 && words.together(at - 1, at)
                && SEEMING.stream().anyMatch(p -> p.match(words, at - 1) > at));
    }

    private static List<Phrase> phrases(String... sources) {
        return Stream.of(sources).map(Phrase::of).toList();
    }
}
