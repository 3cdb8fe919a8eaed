package org.drllava.evaluate;

/** One thing that may happen in a conversation. Every metric follows from how often each did. */
sealed interface Counter {
    /** What was asked: a question, or (whole) the questions of a conversation taken as one. */
    record Task(boolean whole, String name) {}

    /** What a hint before the question did. */
    enum Hint { NONE, RIGHT, WRONG_RESISTED, WRONG_FOLLOWED }

    /** An answer: what was true, and what was read. */
    record Reply(Task task, String expected, String given, Hint hint) implements Counter {
        boolean right() {
            return given.equals(expected);
        }
    }

    /** Neighbouring answers of a conversation, and how many of these pairs agree. */
    record Neighbours(int agreeing, int pairs) implements Counter {}
}
