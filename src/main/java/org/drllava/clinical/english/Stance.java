package org.drllava.clinical.english;

/** How a text means what it mentions. */
public enum Stance {
    ASSERTED,
    /** Asserted with reserve: "suggestive of leukaemia", "probably normal". */
    HEDGED,
    DENIED,
    /** Asserted as no more than possible: "perhaps leukaemia", "it could be leukaemia". */
    POSSIBLE,
    /** Neither asserted nor denied: "leukaemia cannot be ruled out". */
    OPEN,
    /** Asked, supposed or looked for: "whether it is normal", "to exclude leukaemia". */
    ASKED,
    /** Said first and corrected in the same answer: "initially normal, but on review abnormal". */
    WITHDRAWN,
    /** Denied in favour of other words for the same thing: "not perfect but adequate". */
    CONCEDED;

    /** Whether it counts as said. */
    public boolean isSaid() {
        return this == ASSERTED || isWeak();
    }

    /** Whether it counts as said unless something stronger is. */
    public boolean isWeak() {
        return this == HEDGED || this == POSSIBLE;
    }
}
