package org.drllava.clinical.logic;

import java.util.BitSet;
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
    private static final List<Phrase> BEHIND = phrases("absent|excluded|unlikely|missing|lacking|negative|cannot", "ruled out",
            "is|are|was|were|does|do|did|has|have|had|will|would|can|could|should|may|might not|never");
    /** These hold a denying word and deny nothing. */
    private static final List<Phrase> SEEMING = phrases("not only|just|merely", "no|without doubt", "without a doubt", "no question", "a few",
            "not without", "not free|devoid of|from", "no longer in doubt", "no other than");
    private static final Set<String> SCOPE_ENDS = Set.of("but", "however", "although", "though", "yet", "except", "because", "while", "whereas",
            "which", "who", "that", "so", "therefore", "than");

    private Denial() {}

    /** Whether a gap of a pattern may not run over this word. */
    static boolean separates(String word) {
        return SCOPE_ENDS.contains(word) || word.equals("and") || word.equals("or") || word.equals("no") || word.equals("not")
                || word.equals("nor") || word.equals("without");
    }

    /**
     * Whether the words deny what stands at {@code start} to before {@code end}.
     *
     * @param mentioned which words belong to a mention; such words ("no diagnosis") deny nothing that follows
     * @param asserting which words belong to a mention that asserts a symbol
     */
    static boolean denies(Words words, int start, int end, BitSet mentioned, BitSet asserting) {
        return deniedBefore(words, start, mentioned) || deniedBehind(words, end, mentioned, asserting);
    }

    private static boolean deniedBefore(Words words, int start, BitSet mentioned) {
        for (int i = start - 1; i >= Math.max(0, start - REACH_BEFORE) && words.together(i, start); i--) {
            if (!mentioned.get(i) && stands(BEFORE, words, i, start) && !seeming(words, i)) {
                return true;
            }
            if (endsScope(words, i) || words.get(i).equals("and") && !mentioned.get(i + 1) && !words.get(i + 1).equals("any")) {
                return false;
            }
        }
        return false;
    }

    private static boolean deniedBehind(Words words, int end, BitSet mentioned, BitSet asserting) {
        for (int i = end; i < Math.min(words.size(), end + REACH_BEHIND) && words.together(i, end - 1); i++) {
            if (SCOPE_ENDS.contains(words.get(i)) || words.get(i).equals("and") || words.get(i).equals("or")) {
                return false;
            }
            // A verb's "not" denies what stands before, unless it tells it from something else ("the cells are not blasts").
            int denied = furthest(BEHIND, words, i);
            if (denied > i && !seeming(words, i) && !seeming(words, i + 1)) {
                return !(words.get(denied - 1).equals("not") && asserting.get(denied));
            }
            if (mentioned.get(i)) {
                return false;
            }
        }
        return false;
    }

    private static boolean endsScope(Words words, int i) {
        return SCOPE_ENDS.contains(words.get(i)) && !(i > 0 && words.get(i).equals("than") && words.get(i - 1).equals("rather"));
    }

    private static int furthest(List<Phrase> phrases, Words words, int at) {
        return phrases.stream().mapToInt(phrase -> phrase.match(words, at)).max().orElse(-1);
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
