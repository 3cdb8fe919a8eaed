package org.drllava.clinical.english;

import java.util.Arrays;

/** The words of one text, in order, with what separates them. */
final class Utterance implements WordRow {
    private final Rulebook rules;
    private Word[] words = new Word[16];
    private byte[] before = new byte[17];
    private int size;
    private boolean broken;

    private Utterance(Rulebook rules) {
        this.rules = rules;
    }

    static Utterance of(String text, Lexicon lexicon, Rulebook rules) {
        var utterance = new Utterance(rules);
        var chunks = new Chunks(text);
        while (chunks.next()) {
            utterance.add(lexicon.word(chunks), chunks.separator(), lexicon);
        }
        utterance.before[utterance.size] = chunks.separator();
        utterance.broken |= chunks.separator() == Chunks.QUESTION;
        return utterance;
    }

    private void add(Word word, byte separator, Lexicon lexicon) {
        if (word.parts() != null) {
            byte own = separator;
            for (var part : word.parts()) {
                add(part, own, lexicon);
                own = Chunks.NONE;
            }
            return;
        }
        if (size == words.length) {
            words = Arrays.copyOf(words, size * 2);
            before = Arrays.copyOf(before, size * 2 + 1);
        }
        if (size == 1 && separator == Chunks.BREAK && words[0].is(Role.LABEL)) {
            size = 0; // "Answer: yes" is yes
        }
        if (size > 0 && separator == Chunks.NONE) {
            var last = words[size - 1];
            if (last.is(Role.CAN) && word.is(Role.NOT)) {
                words[size - 1] = lexicon.cannot();
                return;
            }
            if (last.is(Role.NOT) && word.is(Role.ABLE)) {
                words[size - 1] = lexicon.unable();
                return;
            }
            if (word.is(Role.PERCENT) && last.isNumber()) {
                words[size - 1] = lexicon.percentage(last.text() + '%');
                return;
            }
            // "No the marrow is normal" lacks a comma.
            if (last.is(Role.ANSWER) && word.is(Role.OPENER) && (size == 1 || before[size - 1] != Chunks.NONE)) {
                separator = Chunks.COMMA;
            }
        }
        broken |= size > 0 && separator != Chunks.NONE;
        words[size] = word;
        before[size++] = separator;
    }

    @Override
    public int size() {
        return size;
    }

    /** Whether this is more than one segment, or a question. */
    boolean broken() {
        return broken;
    }

    Word word(int i) {
        return words[i];
    }

    /** The separator before word {@code i}, or behind the last one. */
    byte before(int i) {
        return before[i];
    }

    /** Whether word {@code i} begins a segment: words that no punctuation separates. */
    @Override
    public boolean begins(int i) {
        return i == 0 || before[i] != Chunks.NONE;
    }

    /** The first word from {@code i} on that begins a segment, or the number of words. */
    int segmentAfter(int i) {
        while (i < size && !begins(i)) {
            i++;
        }
        return i;
    }

    /** Whether a sentence ends between two words. */
    boolean sentenceEnds(int from, int to) {
        for (int i = from + 1; i <= to; i++) {
            if (before[i] >= Chunks.STOP) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean fits(int i, Rule rule, int place) {
        int element = rule.elements()[place];
        if (!words[i].satisfies(element)) {
            return false;
        }
        var share = words[i].isPercentage() ? rules.share(element) : null;
        return share == null || share.contains(Share.said(this, i));
    }

    @Override
    public boolean stopsGap(int i) {
        return words[i].is(Role.STOPS_GAP);
    }

    /** Words {@code from} to before {@code to} as they stand in the text, separated by spaces. */
    String text(int from, int to) {
        var text = words[from].text();
        for (int i = from + 1; i < to; i++) {
            text += ' ' + words[i].text();
        }
        return text;
    }

    /** As {@link #text}, with typing errors mended. */
    String readAs(int from, int to) {
        var text = words[from].readAs();
        for (int i = from + 1; i < to; i++) {
            text += ' ' + words[i].readAs();
        }
        return text;
    }

    boolean isMended(int from, int to) {
        for (int i = from; i < to; i++) {
            if (words[i].readAs() != words[i].text()) {
                return true;
            }
        }
        return false;
    }
}
