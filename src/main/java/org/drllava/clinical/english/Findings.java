package org.drllava.clinical.english;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** What the rules find in one text: mentions, of which no longer one covers another, and cues, which do not overlap. */
final class Findings {
    private final Utterance text;
    private final List<Mention> mentions = new ArrayList<>(4);
    private final int[] mentionBegun; // by word: 1 + the index of the last mention that covers it, or 0
    private final Rule[] cues; // by first word
    private final int[] cueEnds;
    private final int[] cueStarts; // by word: 1 + the first word of the cue that covers it, or 0
    private boolean anyCue;

    Findings(Utterance text) {
        this.text = text;
        int n = text.size();
        mentionBegun = new int[n + 1];
        cues = new Rule[n + 1];
        cueEnds = new int[n + 1];
        cueStarts = new int[n + 1];
        int cueFree = 0;
        int reach = 0; // furthest end of a mention that began before
        for (int at = 0; at < n; at++) {
            var rules = text.word(at).starts();
            int first = mentions.size();
            int furthest = reach;
            for (var rule : rules) {
                if (rule.cue() != null && at < cueFree) {
                    continue;
                }
                int end = text.word(at).isPercentage() && !text.fits(at, rule, 0) ? -1 : rule.matchRest(text, at);
                if (end < 0) {
                    continue;
                }
                if (rule.pattern() != null) {
                    mentions.add(new Mention(text, rule.pattern(), at, end));
                    furthest = Math.max(furthest, end);
                } else if (end > cueEnds[at]) {
                    cues[at] = rule;
                    cueEnds[at] = end;
                }
            }
            if (cues[at] != null) {
                anyCue = true;
                cueFree = cueEnds[at];
                Arrays.fill(cueStarts, at, cueFree, at + 1);
            }
            dropCovered(first, reach, furthest);
            reach = furthest;
        }
        dropMeaningless();
        for (int i = 0; i < mentions.size(); i++) {
            Arrays.fill(mentionBegun, mentions.get(i).start(), mentions.get(i).end(), i + 1);
        }
    }

    /** Of the mentions from {@code first}, which begin at one word, those that a longer one covers. */
    private void dropCovered(int first, int reach, int furthest) {
        if (mentions.size() > first) {
            removeFrom(first, m -> m.end() <= reach || m.end() < furthest);
        }
    }

    /** "No doubt" says nothing of doubts. */
    private void dropMeaningless() {
        if (anyCue) {
            removeFrom(0, m -> {
                int cue = cueStart(m.start());
                return cue >= 0 && cues[cue].cue() == Cue.MEANS_NOTHING && cueEnds[cue] >= m.end() && cueEnds[cue] - cue > m.end() - m.start();
            });
        }
    }

    private void removeFrom(int first, Predicate<Mention> covered) {
        int kept = first;
        for (int i = first; i < mentions.size(); i++) {
            if (!covered.test(mentions.get(i))) {
                mentions.set(kept++, mentions.get(i));
            }
        }
        mentions.subList(kept, mentions.size()).clear();
    }

    Utterance text() {
        return text;
    }

    /** In text order. */
    List<Mention> mentions() {
        return mentions;
    }

    boolean anyCue() {
        return anyCue;
    }

    /** A mention that covers the word; null for none. */
    Mention mentionAt(int word) {
        return mentionBegun[word] == 0 ? null : mentions.get(mentionBegun[word] - 1);
    }

    /** The first word of the cue that covers this word, or -1. */
    int cueStart(int word) {
        return cueStarts[word] - 1;
    }

    /** The cue that begins at this word; null for none. */
    Cue cue(int word) {
        return cues[word] == null ? null : cues[word].cue();
    }

    /** The word behind the cue that begins at this word. */
    int cueEnd(int word) {
        return cueEnds[word];
    }
}
