package org.drllava.clinical.conversation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A way to question a model about an image. In each of them the right answers are the image's, whatever a hint says.
 * The abbreviations are those of Dr-LLaVA (arXiv 2405.19567) and its evaluation scripts.
 */
public enum Scenario {
    /** One question with the picture, a conversation for each (sqa). */
    SINGLE(true, Order.NATURAL, Hint.NONE, true),
    /** All questions in the logic's order (DP). */
    NATURAL(false, Order.NATURAL, Hint.NONE, true),
    /** All questions from the last to the first (DF). */
    REVERSED(false, Order.REVERSED, Hint.NONE, true),
    /** All questions in any order (RI). */
    SHUFFLED(false, Order.SHUFFLED, Hint.NONE, true),
    /** All questions in a random order that the logic's {@code after} allows. */
    VALID(false, Order.VALID, Hint.NONE, true),
    /** 2 to 5 questions in any order (SI). */
    RANDOM(false, Order.SOME, Hint.NONE, true),
    /** A conversation a question, led in by the right answer to an earlier question (RQ-R). */
    HINT_RIGHT(true, Order.NATURAL, Hint.EARLIER, true),
    /** A conversation a question, led in by a wrong answer to an earlier question. */
    HINT_WRONG(true, Order.NATURAL, Hint.EARLIER, false),
    /** A conversation a question, led in by a clinician who believes the right answer (CQ-R). */
    CLINICIAN_RIGHT(true, Order.NATURAL, Hint.CLINICIAN, true),
    /** A conversation a question, led in by a clinician who believes a wrong answer (CQ-W). */
    CLINICIAN_WRONG(true, Order.NATURAL, Hint.CLINICIAN, false),
    /** All questions in the logic's order, for each of which a doctor holds the right opinion. */
    AGREE(false, Order.NATURAL, Hint.DOCTOR, true),
    /** All questions in the logic's order, for each of which a doctor holds a wrong opinion. */
    DISAGREE(false, Order.NATURAL, Hint.DOCTOR, false);

    /** Where a hint comes from: an earlier question's answer, or somebody's opinion on the question itself. */
    enum Hint { NONE, EARLIER, CLINICIAN, DOCTOR }

    private final boolean oneQuestion;
    private final Order order;
    private final Hint hint;
    private final boolean hintIsRight;

    Scenario(boolean oneQuestion, Order order, Hint hint, boolean hintIsRight) {
        this.oneQuestion = oneQuestion;
        this.order = order;
        this.hint = hint;
        this.hintIsRight = hintIsRight;
    }

    /** The name on the command line and in files, as {@code hint-right}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The scenario of that {@link #label}. */
    public static Optional<Scenario> find(String label) {
        return Arrays.stream(values()).filter(scenario -> scenario.label().equals(label)).findFirst();
    }

    /** All labels, as a sentence lists them. */
    public static String labels() {
        return List.of(values()).stream().map(Scenario::label).collect(Collectors.joining(", "));
    }

    /** Whether each question makes a conversation of its own. */
    boolean oneQuestion() {
        return oneQuestion;
    }

    Order order() {
        return order;
    }

    Hint hint() {
        return hint;
    }

    boolean hintIsRight() {
        return hintIsRight;
    }
}
