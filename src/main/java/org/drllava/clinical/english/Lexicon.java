package org.drllava.clinical.english;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Turns chunks of text into {@link Word}s, and remembers the ones it met. May be shared by threads. */
final class Lexicon {
    private static final int REMEMBERED = 1 << 12;
    private static final int LONGEST_REMEMBERED = 40;

    private final Rulebook rules;
    private final Set<String> vocabulary;
    private final Spelling spelling;
    private final Word[] known;
    private final Word cannot;
    private final Word unable;
    /** Each slot holds the last chunk that fell to it. Threads may overwrite each other's: then a word is made once more. */
    private final Word[] met = new Word[REMEMBERED];
    private final Word[] parts = new Word[REMEMBERED];

    /** @param vocabulary words that are no typing errors of others, and that may be meant by such errors */
    Lexicon(Rulebook rules, Collection<String> vocabulary) {
        this.rules = rules;
        this.vocabulary = new HashSet<>(vocabulary);
        this.vocabulary.addAll(rules.literals());
        var meaning = this.vocabulary.stream().filter(word -> !isEmpty(rules.satisfied(word)));
        this.spelling = new Spelling(meaning.toList(), rules.stems());
        this.known = new Word[Integer.highestOneBit(this.vocabulary.size() * 4)];
        this.vocabulary.forEach(word -> known[freeSlot(word)] = make(word));
        this.cannot = make("cannot");
        this.unable = make("unable");
    }

    /** The word that "can not" is. */
    Word cannot() {
        return cannot;
    }

    /** The word that "not able" is. */
    Word unable() {
        return unable;
    }

    /** The word of a number with a percent sign. */
    Word percentage(String number) {
        return single(number, number);
    }

    Word word(Chunks chunk) {
        for (int slot = chunk.hash() & known.length - 1; known[slot] != null; slot = slot + 1 & known.length - 1) {
            if (known[slot].isOf(chunk)) {
                return known[slot];
            }
        }
        if (chunk.number()) {
            return make(chunk.chunk()); // numbers are too many to remember
        }
        int slot = chunk.hash() & REMEMBERED - 1;
        Word last = met[slot];
        if (last != null && last.isOf(chunk)) {
            return last;
        }
        var made = make(chunk.chunk());
        if (made.chunk().length() <= LONGEST_REMEMBERED) {
            met[slot] = made;
        }
        return made;
    }

    private Word part(String text) {
        if (text.length() > LONGEST_REMEMBERED) {
            return single(text, text);
        }
        int slot = text.hashCode() & REMEMBERED - 1;
        Word last = parts[slot];
        return last != null && last.chunk().equals(text) ? last : (parts[slot] = single(text, text));
    }

    private int freeSlot(String word) {
        int slot = word.hashCode() & known.length - 1;
        while (known[slot] != null) {
            slot = slot + 1 & known.length - 1;
        }
        return slot;
    }

    private Word make(String chunk) {
        var words = Compound.words(chunk, part -> isKnown(chunk, part));
        if (words.size() == 1) {
            return single(chunk, words.getFirst());
        }
        return Word.compound(chunk, words.stream().map(this::part).toArray(Word[]::new));
    }

    /** A stem that ends within the first part of a compound says nothing of the whole ({@code leukaemia-free}). */
    private boolean isKnown(String chunk, String joined) {
        int firstPart = 0;
        while (firstPart < chunk.length() && Character.isLetter(chunk.charAt(firstPart))) {
            firstPart++;
        }
        int least = firstPart;
        return rules.literals().contains(joined) || rules.stems().stream().anyMatch(stem -> stem.length() > least && joined.startsWith(stem));
    }

    private Word single(String chunk, String text) {
        if (Compound.isNumber(text)) {
            var word = Word.single(chunk, text, text, 0, rules.satisfied(text), rules.starting(rules.satisfied(text)));
            return word.isPercentage() ? Word.single(chunk, text, text, 0, rules.shares(), rules.starting(rules.shares())) : word;
        }
        var owned = text.endsWith("'s") && Role.of(text) == 0 ? text.substring(0, text.length() - 2) : text;
        var bits = rules.satisfied(rules.literals().contains(text) ? text : owned);
        var meant = Role.of(text) != 0 || vocabulary.contains(owned) ? text : mended(text, bits);
        bits = meant.equals(text) ? bits : rules.satisfied(meant);
        return Word.single(chunk, text, meant, Role.of(meant), bits, rules.starting(bits));
    }

    /** The word that was meant, which says all that the typed one does; the typed one where that is not certain. */
    private String mended(String text, long[] satisfied) {
        List<String> meant = spelling.meant(text).stream().filter(word -> saysMore(rules.satisfied(word), satisfied)
                && rules.owners(rules.satisfied(word)).stream().anyMatch(owner -> owner >= 0)).toList();
        if (meant.isEmpty()) {
            return text;
        }
        boolean sameLetter = meant.getFirst().charAt(0) == text.charAt(0);
        var owners = meant.stream().filter(word -> !sameLetter || word.charAt(0) == text.charAt(0))
                .map(word -> rules.owners(rules.satisfied(word))).distinct().toList();
        return owners.size() == 1 ? meant.getFirst() : text;
    }

    private static boolean saysMore(long[] bits, long[] than) {
        for (int i = 0; i < bits.length; i++) {
            if ((than[i] & ~bits[i]) != 0) {
                return false;
            }
        }
        return !Arrays.equals(bits, than);
    }

    private static boolean isEmpty(long[] bits) {
        for (long word : bits) {
            if (word != 0) {
                return false;
            }
        }
        return true;
    }
}
