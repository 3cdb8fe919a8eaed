package org.drllava.clinical.english;

/** Words in order, as a {@link Rule} is matched with them. */
sealed interface WordRow permits Utterance, Words {
    int size();

    /** Whether something separates word {@code i} from the one before it. */
    boolean begins(int i);

    /** Whether the word is what a rule asks for at one of its places. */
    boolean fits(int i, Rule rule, int place);

    /** Whether a gap that ran over the word would join what the text keeps apart: "and", "but", "not" and their like. */
    boolean stopsGap(int i);
}
