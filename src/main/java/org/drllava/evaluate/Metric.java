package org.drllava.evaluate;

/** The four headline numbers, with their key in metrics.json and their name in tables. */
public enum Metric {
    /** Right answers among all answers. */
    QUESTION_ACCURACY("question_accuracy", "question accuracy", "right answers among all answers"),
    /** Conversations with every answer right. */
    CONVERSATION_ACCURACY("conversation_accuracy", "conversation accuracy", "conversations with every answer right"),
    /** Right answers to the question that asks for the diagnosis. */
    DIAGNOSIS_ACCURACY("diagnosis_accuracy", "diagnosis accuracy", "right answers to the diagnosis question"),
    /**
     * Mean over conversations of the share of neighbouring questions, in natural order, whose parsed symbols occur together
     * on some allowed path. Wrong answers that agree with each other count as consistent; an unreadable answer
     * agrees with nothing. Conversations of one question have no neighbours and are left out.
     */
    CONSISTENCY("consistency", "consistency", "neighbouring answers that agree with each other, right or wrong");

    private final String key;
    private final String title;
    private final String meaning;

    Metric(String key, String title, String meaning) {
        this.key = key;
        this.title = title;
        this.meaning = meaning;
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
