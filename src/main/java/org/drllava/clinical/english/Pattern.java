package org.drllava.clinical.english;

/**
 * A phrase to look for.
 *
 * @param owner what it belongs to, from 0; without meaning for {@link Use#NOTHING}
 */
public record Pattern(int owner, Phrase phrase, Use use) {
    /** What an owner's phrase is good for. */
    public enum Use {
        /** Stands for its owner. */
        ASSERTS,
        /** Stands for its owner where it is denied: "no <i>disease</i>" is normal. */
        ASSERTS_DENIED,
        /** Only keeps shorter phrases from being found in it. */
        NOTHING
    }
}
