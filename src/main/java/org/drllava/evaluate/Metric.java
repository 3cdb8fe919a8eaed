package org.drllava.evaluate;

import java.util.List;

/**
 * The numbers that are given for all conversations and for every part of them, with their key in metrics.json (a dot leads into
 * an object), their name in tables and what they count. docs/evaluation.md defines each.
 */
public enum Metric {
    QUESTION_ACCURACY("question_accuracy", "question accuracy", "right answers among all answers"),
    CONVERSATION_ACCURACY("conversation_accuracy", "conversation accuracy", "conversations with every answer right"),
    DIAGNOSIS_ACCURACY("diagnosis_accuracy", "diagnosis accuracy", "right answers to the diagnosis question"),
    /**
     * Mean over conversations of the share of neighbouring questions, in natural order, whose parsed symbols occur together
     * on some allowed path. Wrong answers that agree with each other count as consistent; an unreadable answer
     * agrees with nothing. Conversations of one question have no neighbours and are left out.
     */
    CONSISTENCY("consistency", "consistency", "neighbouring answers that agree with each other, right or wrong"),

    QUESTION_F1("macro_f1.question", "question macro F1", "mean F1 of the symbols of a question, then of the questions"),
    CONVERSATION_F1("macro_f1.conversation", "conversation macro F1", "mean F1 of the sequences of symbols that are true"),
    DIAGNOSIS_F1("macro_f1.diagnosis", "diagnosis macro F1", "mean F1 of the diagnosis symbols"),
    QUESTION_BALANCED("balanced_accuracy.question", "question balanced accuracy", "accuracy with every true symbol weighing the same"),
    CONVERSATION_BALANCED("balanced_accuracy.conversation", "conversation balanced accuracy", "accuracy with every true sequence weighing the same"),
    DIAGNOSIS_BALANCED("balanced_accuracy.diagnosis", "diagnosis balanced accuracy", "accuracy with every true diagnosis weighing the same"),
    QUESTION_MAJORITY("majority.question", "question majority baseline", "accuracy of the answer most often true"),
    CONVERSATION_MAJORITY("majority.conversation", "conversation majority baseline", "accuracy of the sequence most often true"),
    DIAGNOSIS_MAJORITY("majority.diagnosis", "diagnosis majority baseline", "accuracy of the diagnosis most often true"),

    NO_MATCH("no_match", "no match", "answers that say nothing the logic knows"),
    CONFLICT("conflict", "conflict", "answers that say two things"),

    MISLED_FOLLOWED("hints.followed", "misleading hints followed", "answers that repeat a hint's wrong symbol"),
    MISLED_ACCURACY("hints.accuracy", "accuracy under misleading hints", "right answers after a wrong hint"),
    MISLED_F1("hints.macro_f1", "macro F1 under misleading hints", "mean F1 after a wrong hint"),
    MISLED_BALANCED("hints.balanced_accuracy", "balanced accuracy under misleading hints", "balanced accuracy after a wrong hint"),
    MISLED_MAJORITY("hints.majority", "majority baseline under misleading hints", "accuracy there of the answer most often true"),
    SUPPORTED_ACCURACY("hints.accuracy_when_right", "accuracy under right hints", "right answers after a right hint"),

    ABSTENTION("abstention.inadequate", "abstention where due", "abstaining answers where the truth is inadequate or unknown"),
    OVER_ABSTENTION("abstention.adequate", "abstention where not due", "abstaining answers where the truth is neither");

    /** The four that every summary starts with. */
    public static final List<Metric> HEADLINE = List.of(QUESTION_ACCURACY, CONVERSATION_ACCURACY, DIAGNOSIS_ACCURACY, CONSISTENCY);

    private final String key;
    private final String title;
    private final String meaning;

    Metric(String key, String title, String meaning) {
        this.key = key;
        this.title = title;
        this.meaning = meaning;
    }

    /** Whether it says something of the questions and nothing of the model. */
    boolean baseline() {
        return key.endsWith("majority") || key.startsWith("majority");
    }

    /** Key in metrics.json. */
    public String key() {
        return key;
    }

    /** Name for people. */
    public String title() {
        return title;
    }

    /** What is counted, in a few words. */
    public String meaning() {
        return meaning;
    }
}
