package org.drllava.clinical.paraphrase;

/**
 * A proposed text that is not taken.
 *
 * @param detail what it was read as, or the like; empty where the reason says all
 */
public record Rejection(Rephrasing rephrasing, String text, Reason reason, String detail) {
    /** Why, in words that follow "because it is". */
    public enum Reason {
        OTHER_SYMBOL("read as another symbol"),
        NO_SYMBOL("read as no symbol"),
        CONFLICT("read as several symbols"),
        HELD_OUT("a test wording"),
        OTHER_QUESTION("another question's wording"),
        SLOTS("with other slots"),
        NO_QUESTION("no question"),
        LENGTH("too long or without a word"),
        CHARACTERS("with control characters"),
        DUPLICATE("there already");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }
}
