package org.drllava.clinical.english;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the rules find in one text: mentions, of which no longer one covers another, and cues, which do not overlap. */
final class Findings {
    private static final int[] NONE = {};

    private final Utterance text;
    private final List<Mention> mentions = new ArrayList<>(4);
    private long present; // cues that there are, as bits by ordinal
    private Cue[] cues; // by first word; null where there are none
    private int[] cueEnds = NONE; // by first word
    private int[] cueStarts = NONE; // by word: 1 + the first word of the cue that covers it, or 0
    private int[] mentionAt = NONE; // by word: 1 + the index of the last mention that covers it, or 0

    Findings(Utterance text) {
        this.text = text;
        int cueFree = 0;
        int reach = 0; // furthest end of a mention that began before
        for (int at = 0; at < text.size(); at++) {
            var word = text.word(at);
            if (at >= cueFree && word.cues().length > 0) {
                cueFree = Math.max(cueFree, addCue(fitting(word.cues(), at), at));
            }
            if (word.names().length > 0) {
                reach = addMentions(fitting(word.names(), at), at, reach);
            }
        }
        if (anyCue()) {
            dropMeaningless();
        }
    }

    /** Whether the second word fits so far as a look can tell: most rules fail there. */
    private boolean mayMatch(Rule rule, int at) {
        int second = rule.second();
        return second < 0 || at + 1 < text.size() && text.word(at + 1).satisfies(second);
    }

    /** Those of the rules that may begin with a word which the share that a percentage states fits as well. */
    private Rule[] fitting(Rule[] rules, int at) {
        return text.word(at).isPercentage() ? Arrays.stream(rules).filter(rule -> text.fits(at, rule, 0)).toArray(Rule[]::new) : rules;
    }

    /** Adds the longest cue that begins at a word, and returns its end. */
    private int addCue(Rule[] rules, int at) {
        Cue cue = null;
        int cueEnd = 0;
        for (var rule : rules) {
            int end = mayMatch(rule, at) ? rule.matchRest(text, at) : -1;
            if (end > cueEnd) {
                cue = rule.cue();
                cueEnd = end;
            }
        }
        if (cue != null) {
            add(cue, at, cueEnd);
        }
        return cueEnd;
    }

    /** Adds the mentions that begin at a word, but those that a longer one covers, and returns how far mentions reach then. */
    private int addMentions(Rule[] rules, int at, int reach) {
        int first = mentions.size();
        int furthest = reach;
        for (var rule : rules) {
            int end = mayMatch(rule, at) ? rule.matchRest(text, at) : -1;
            if (end > reach && end >= furthest) {
                if (end > furthest) {
                    dropFrom(first);
                }
                mentions.add(new Mention(text, rule.pattern(), at, end));
                furthest = end;
            }
        }
        return furthest;
    }

    private void dropFrom(int first) {
        while (mentions.size() > first) {
            mentions.removeLast();
        }
    }

    private void add(Cue cue, int start, int end) {
        if (cues == null) {
            cues = new Cue[text.size()];
            cueEnds = new int[text.size()];
            cueStarts = new int[text.size()];
        }
        present |= 1L << cue.ordinal();
        cues[start] = cue;
        cueEnds[start] = end;
        Arrays.fill(cueStarts, start, end, start + 1);
    }

    /** "No doubt" says nothing of doubts, and "the doctor suspects" nothing that is suspicious. */
    private void dropMeaningless() {
        mentions.removeIf(m -> {
            int cue = cueStart(m.start());
            return cue >= 0 && (cues[cue] == Cue.MEANS_NOTHING || cues[cue] == Cue.OTHERS_HOLD)
                    && cueEnds[cue] >= m.end() && cueEnds[cue] - cue > m.end() - m.start();
        });
    }

    Utterance text() {
        return text;
    }

    /** In text order. */
    List<Mention> mentions() {
        return mentions;
    }

    boolean anyCue() {
        return cues != null;
    }

    boolean any(Cue cue) {
        return (present >>> cue.ordinal() & 1) != 0;
    }

    /** A mention that covers the word; null for none. */
    Mention mentionAt(int word) {
        if (mentionAt == NONE) {
            mentionAt = new int[text.size()];
            for (int i = 0; i < mentions.size(); i++) {
                Arrays.fill(mentionAt, mentions.get(i).start(), mentions.get(i).end(), i + 1);
            }
        }
        return mentionAt[word] == 0 ? null : mentions.get(mentionAt[word] - 1);
    }

    /** The first word of the cue that covers this word, or -1. */
    int cueStart(int word) {
        return cues == null ? -1 : cueStarts[word] - 1;
    }

    /** The cue that begins at this word; null for none. */
    Cue cue(int word) {
        return cues == null ? null : cues[word];
    }

    /** The word behind the cue that begins at this word. */
    int cueEnd(int word) {
        return cueEnds[word];
    }
}
