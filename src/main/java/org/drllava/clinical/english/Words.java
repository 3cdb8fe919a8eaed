package org.drllava.clinical.english;

import java.util.ArrayList;
import java.util.List;

/**
 * Free text as words: lower case, no punctuation, contractions written out ({@code doesn't} is {@code does not},
 * {@code can not} is {@code cannot}), compounds taken apart ({@code COVID-19} is {@code covid 19}).
 */
public final class Words implements WordRow {
    private final List<String> words = new ArrayList<>();

    private Words() {}

    public static Words of(String text) {
        var words = new Words();
        for (var chunks = new Chunks(text); chunks.next(); ) {
            var chunk = chunks.chunk();
            if (chunks.plain()) {
                words.add(chunk, chunks.separator());
            } else {
                words.words.addAll(Compound.words(chunk, _ -> false));
            }
        }
        return words;
    }

    /** The size of {@link #of}, without making it. */
    public static int count(String text) {
        int count = 0;
        boolean can = false;
        for (var chunks = new Chunks(text); chunks.next(); ) {
            if (!chunks.plain()) {
                count += Compound.words(chunks.chunk(), _ -> false).size();
            } else if (!(can && chunks.separator() == Chunks.NONE && chunks.is("not"))) {
                count++;
            }
            can = chunks.plain() && chunks.is("can");
        }
        return count;
    }

    /** Words past a limit: {@code max(0, count(text) - limit)}, found without a closer look at texts that cannot have so many. */
    public static int beyond(String text, int limit) {
        return mostWords(text) <= limit ? 0 : Math.max(0, count(text) - limit);
    }

    /** A bound on the words: none is without a letter, digit or comparison of its own, and no two share a run of these. */
    private static int mostWords(String text) {
        int most = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 128) {
                return Integer.MAX_VALUE; // some of these are written out as several
            }
            boolean word = Chunks.isWord(c);
            most += word && !inside || c == '<' || c == '>' ? 1 : 0;
            inside = word;
        }
        return most;
    }

    private void add(String word, byte separator) {
        if (word.equals("not") && separator == Chunks.NONE && !words.isEmpty() && words.getLast().equals("can")) {
            words.set(words.size() - 1, "cannot");
        } else {
            words.add(word);
        }
    }

    @Override
    public int size() {
        return words.size();
    }

    public String word(int i) {
        return words.get(i);
    }

    @Override
    public boolean begins(int i) {
        return i == 0;
    }

    @Override
    public boolean fits(int i, Rule rule, int place) {
        return rule.phrase().fits(place, words.get(i));
    }

    @Override
    public boolean stopsGap(int i) {
        return (Role.of(words.get(i)) & Role.STOPS_GAP) != 0;
    }

    /** All words, separated by spaces: equal for texts that differ in case and punctuation only. */
    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
