package org.drllava.clinical.english;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Phrases indexed by what their places ask for. Equal places of different phrases are one numbered element, so that a word is
 * tested once for all of them and then tells with a bit each what it satisfies.
 */
final class Rulebook {
    private static final Rule[] NO_RULES = {};

    private final Map<String, Integer> elements = new LinkedHashMap<>();
    private final Map<String, List<Integer>> byLiteral = new HashMap<>();
    private final Map<String, List<Integer>> byStem = new HashMap<>();
    private int longestStem;
    private final Map<Integer, Share> shares = new HashMap<>();
    private final Map<Integer, List<Rule>> startingWith = new HashMap<>();
    private final Map<Integer, Set<Integer>> owners = new HashMap<>();
    private final long[] none;

    Rulebook(List<Pattern> patterns) {
        for (var cue : Cue.values()) {
            cue.phrases().forEach(phrase -> add(phrase, cue, null));
        }
        patterns.forEach(pattern -> add(pattern.phrase(), null, pattern));
        none = new long[(elements.size() + 63) / 64];
    }

    private void add(Phrase phrase, Cue cue, Pattern pattern) {
        add(phrase, phrase.parts(), cue, pattern);
        var apart = phrase.parts().stream().flatMap(part -> part.matches("[\\p{L}\\p{N}]+") ? Compound.lettersAndDigits(part).stream() : Stream.of(part)).toList();
        if (apart.size() > phrase.parts().size()) {
            add(phrase, apart, cue, pattern);
        }
    }

    private void add(Phrase phrase, List<String> parts, Cue cue, Pattern pattern) {
        var numbers = parts.stream().mapToInt(part -> part.equals("..") ? Rule.GAP : elements.computeIfAbsent(part, this::element)).toArray();
        var rule = new Rule(phrase, numbers, cue, pattern);
        startingWith.computeIfAbsent(numbers[0], _ -> new ArrayList<>()).add(rule);
        for (int element : numbers) {
            if (pattern == null || pattern.use() != Pattern.Use.NOTHING) {
                owners.computeIfAbsent(element, _ -> new HashSet<>()).add(pattern == null ? -1 - cue.ordinal() : pattern.owner());
            }
        }
    }

    private int element(String part) {
        int number = elements.size();
        if (Share.isShare(part)) {
            shares.put(number, Share.of(part));
            return number;
        }
        for (var choice : part.split("\\|")) {
            boolean stem = choice.endsWith("*");
            longestStem = Math.max(longestStem, stem ? choice.length() - 1 : 0);
            (stem ? byStem : byLiteral).computeIfAbsent(stem ? choice.substring(0, choice.length() - 1) : choice, _ -> new ArrayList<>()).add(number);
        }
        return number;
    }

    /** Words that stand in a phrase. */
    Set<String> literals() {
        return byLiteral.keySet();
    }

    /** Stems that stand in a phrase. */
    Set<String> stems() {
        return byStem.keySet();
    }

    /** A bit for each element that the word satisfies. */
    long[] satisfied(String word) {
        var bits = none;
        var literal = byLiteral.get(word);
        if (literal != null) {
            bits = with(literal, bits);
        }
        for (int length = 1; length <= Math.min(word.length(), longestStem); length++) {
            var stem = byStem.get(word.substring(0, length));
            if (stem != null) {
                bits = with(stem, bits);
            }
        }
        return bits;
    }

    private long[] with(List<Integer> more, long[] bits) {
        var all = bits == none ? none.clone() : bits;
        more.forEach(e -> all[e >> 6] |= 1L << e);
        return all;
    }

    /** A bit for each element that some share may satisfy; the number itself decides where it stands. */
    long[] shares() {
        return with(List.copyOf(shares.keySet()), none);
    }

    /** The share that an element asks for; null where it asks for a word. */
    Share share(int element) {
        return shares.get(element);
    }

    /** The rules whose first place one of these elements stands at. */
    Rule[] starting(long[] satisfied) {
        if (satisfied == none) {
            return NO_RULES;
        }
        var rules = new ArrayList<Rule>();
        elements(satisfied).forEach(element -> rules.addAll(startingWith.getOrDefault(element, List.of())));
        return rules.isEmpty() ? NO_RULES : rules.toArray(Rule[]::new);
    }

    /** Whose rules ask for one of these elements: owners of patterns, and negative numbers for cues. */
    Set<Integer> owners(long[] satisfied) {
        var all = new HashSet<Integer>();
        elements(satisfied).forEach(element -> all.addAll(owners.getOrDefault(element, Set.of())));
        return all;
    }

    private static IntStream elements(long[] bits) {
        return BitSet.valueOf(bits).stream();
    }
}
