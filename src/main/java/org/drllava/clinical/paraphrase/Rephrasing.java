package org.drllava.clinical.paraphrase;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.english.Words;

/**
 * One thing to ask for: other ways to say a wording, as clinicians of one style would. It holds all that a language model is told.
 *
 * @param meaning      what every one of them must say
 * @param wording      a train wording of the logic
 * @param style        who speaks, in a few words
 * @param count        how many are asked for; what comes beyond is not looked at
 * @param longestWords words that each may have
 * @param asked        of an answer, a train wording of its question
 */
public record Rephrasing(Meaning meaning, String wording, String style, int count, int longestWords, Optional<String> asked) {
    /** Long enough for a question with a note before it; more than that is chatter. */
    private static final int LONGEST_QUESTION_WORDS = 40;

    /**
     * Every train wording of a logic file in every style.
     *
     * @param wordings the train wordings that stand in the file
     * @param count    how many to ask for, for each wording and style
     */
    public static List<Rephrasing> all(ClinicalLogic logic, Map<Meaning, List<String>> wordings, List<String> styles, int count) {
        var all = new ArrayList<Rephrasing>();
        wordings.forEach((meaning, said) -> said.forEach(wording -> styles.forEach(style -> all.add(
                new Rephrasing(meaning, wording, style, count, longest(logic, meaning, wording), asked(logic, meaning))))));
        return List.copyOf(all);
    }

    /** An answer that the logic's own reward would find too long must not be learnt. */
    private static int longest(ClinicalLogic logic, Meaning meaning, String wording) {
        int most = meaning.symbol().isPresent() && logic.reward().lengthWeight() > 0 ? logic.reward().lengthLimit() : LONGEST_QUESTION_WORDS;
        return Math.max(most, Words.of(wording).size());
    }

    private static Optional<String> asked(ClinicalLogic logic, Meaning meaning) {
        return meaning.symbol().flatMap(_ -> logic.question(meaning.question()).ask().train().stream().filter(q -> Slots.in(q).isEmpty()).findFirst());
    }
}
